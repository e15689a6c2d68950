import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Admin } from "./admin.ts";
import type { Situation } from "./deploy/deployment-state.ts";
import { lastLines } from "./envoy-process.ts";
import { GatewayError } from "./gateway-error.ts";
import type { GatewayState } from "./options.ts";
import { replaceFile } from "./replace-file.ts";
import { type RouteSettings, renderRoutes, routeFile } from "./routes.ts";
import type { RunFiles } from "./run-files.ts";

/** A route file's content and the version that it names. */
export interface RouteContent {
  readonly version: string;
  readonly text: string;
}

/** The route file for a state. */
export function routeContent(settings: RouteSettings, state: GatewayState | Situation): RouteContent {
  const file = routeFile(renderRoutes(settings, state));
  return { version: file.version_info, text: JSON.stringify(file) };
}

/** Milliseconds for Envoy to take a new route file; seen: under half a second with hundreds of calls in flight. */
const takeTimeout = 10_000;

/**
 * Gives Envoy new routes and waits until they are in use. Calls in flight stay where they are. What Envoy turns down
 * is taken back, so that a restart finds good routes: `ROUTES_REJECTED` with its words. `TIMEOUT` if it says nothing.
 */
export async function updateRoutes(files: RunFiles, admin: Admin, content: RouteContent): Promise<void> {
  const former = await readFile(files.routes, "utf8");
  const { refused } = await admin.routeStatus();
  // Beside the watched folder: only the rename is seen there.
  const temporary = files.newRoutes;
  await replaceFile(files.routes, temporary, content.text);
  const deadline = AbortSignal.timeout(takeTimeout);
  while (!deadline.aborted) {
    const status = await admin.routeStatus();
    if (status.version === content.version) {
      return;
    }
    if (status.refused > refused) {
      await replaceFile(files.routes, temporary, former);
      throw new GatewayError("ROUTES_REJECTED", `Envoy refuses the routes: ${await lastLines(files.envoyLog)}`);
    }
    await delay(5);
  }
  throw new GatewayError(
    "TIMEOUT",
    `Envoy did not take the new routes within ${takeTimeout / 1000} s: see ${files.envoyLog}`,
  );
}
