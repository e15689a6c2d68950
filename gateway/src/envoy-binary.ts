import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GatewayError } from "./gateway-error.ts";

/** The version that the configuration was verified with. */
export const envoyVersion = "1.40.0";

/**
 * Envoy's binary: the given path or else `ENVOY_PATH` (which then has to be right), the one in the workspace's
 * `.tools`, the first on the PATH. Rejects with `ENVOY_MISSING`.
 */
export async function findEnvoy(given: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = given ?? (env["ENVOY_PATH"] || undefined);
  if (named !== undefined) {
    if (await isExecutable(named)) {
      return named;
    }
    throw new GatewayError(
      "ENVOY_MISSING",
      `no Envoy to run at ${named}: correct envoyPath or ENVOY_PATH, or unset it`,
    );
  }
  for (const path of [workspaceEnvoy(), ...onPath(env)]) {
    if (await isExecutable(path)) {
      return path;
    }
  }
  throw new GatewayError(
    "ENVOY_MISSING",
    "Envoy is not installed: run `node scripts/setup/envoy.mjs`, or set ENVOY_PATH to its binary",
  );
}

function workspaceEnvoy(): string {
  return fileURLToPath(new URL(`../../.tools/envoy-${envoyVersion}/envoy/_bin/envoy`, import.meta.url));
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, "envoy"));
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
