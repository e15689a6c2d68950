import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "../../src/admin.ts";
import { readSettings } from "../../src/config/settings.ts";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { routeContent, updateRoutes } from "../../src/route-update.ts";
import { runFiles } from "../../src/run-files.ts";
import { deadPort } from "../dead-port.ts";
import { createIdleCallers, largeAnswer } from "../idle-callers.ts";
import { connectRaw } from "../raw-call.ts";
import { startUpstream } from "../scripted-upstream.ts";
import { type GatewayKind, gatewayKinds } from "./cause.ts";
import { scripts } from "./scripts.ts";
import { audience, issuer, jwks } from "./tokens.ts";

/** A certificate for 127.0.0.1 and `localhost`, and the authority that has signed it. */
export interface LabTls {
  readonly ca: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A gateway of each kind, and the stacks behind them. */
export interface Lab extends AsyncDisposable {
  /** Where calls go to, by kind. */
  readonly gateways: Readonly<Record<GatewayKind, Gateway>>;
  /** Whom to trust, where the gateways speak TLS. */
  readonly ca: string | undefined;
  /** The headers of every call that a stack has heard of. */
  calls(): readonly IncomingHttpHeaders[];
  /** Fills the memory of the gateway that is there for it, until the end. */
  fill(): Promise<void>;
  /** Brings a gateway into the state that it is there for, until the end. */
  arrange(kind: GatewayKind): Promise<AsyncDisposable>;
}

/** The address that a page of the lab has, or claims to have. */
export const pageOrigin = "http://127.0.0.1:3000";

/** Starts everything on free ports of 127.0.0.1. */
export async function startLab(tls?: LabTls): Promise<Lab> {
  await using parts = new AsyncDisposableStack();
  const [blue, green] = await Promise.all([startUpstream("blue", stackScripts), startUpstream("green", stackScripts)]);
  parts.use(blue);
  parts.use(green);
  const folder = await mkdtemp(join(tmpdir(), "e6data-matrix-"));
  parts.defer(() => rm(folder, { recursive: true }));
  const jwksFile = join(folder, "jwks.json");
  await writeFile(jwksFile, jwks);
  const configs = configsOf({ blue: blue.port, green: green.port, dead: await deadPort() }, jwksFile, tls);
  const started = await Promise.all(
    gatewayKinds.map(async (kind) => [kind, parts.use(await startGateway({ config: configs[kind] }))] as const),
  );
  // One of each kind.
  const gateways = Object.fromEntries(started) as Record<GatewayKind, Gateway>;
  await drainGreen(gateways.draining, configs.draining);
  const everything = parts.move();
  return {
    gateways,
    ca: tls?.ca,
    fill: () => fill(gateways.full, tls?.ca, everything),
    calls: () => [...blue.calls, ...green.calls],
    async arrange(kind) {
      await using arranged = new AsyncDisposableStack();
      if (kind === "narrow") {
        const connection = arranged.use(await connectRaw(gateways[kind].url, tls?.ca));
        const held = connection.call(grpcCall("getNextResultBatch", { "x-script": "hold" }));
        arranged.defer(async () => {
          blue.release();
          await held;
        });
        await blue.untilHeld(1);
      }
      if (kind === "limited") {
        await using connection = await connectRaw(gateways[kind].url, tls?.ca);
        for (const method of ["getNextResultBatch", "analyzeQuery"]) {
          while ((await connection.call(grpcCall(method))).trailers["grpc-status"] === "0");
        }
      }
      return arranged.move();
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** Tells a gateway that one stack drains, as a deployment does. */
async function drainGreen({ runDir, adminUrl }: Gateway, config: object): Promise<void> {
  const routes = routeContent(readSettings(config, { folder: runDir }), {
    stacks: { blue: "active", green: "draining" },
  });
  await updateRoutes(runFiles(runDir), new Admin(adminUrl), routes);
}

/** Fills the memory of a gateway, until the end, with answers that nobody reads. */
async function fill({ url, adminUrl }: Gateway, ca: string | undefined, parts: AsyncDisposableStack): Promise<void> {
  const idle = parts.use(createIdleCallers(url, ca));
  // More than a megabyte each.
  await idle.add(80);
  const refuses = "overload.envoy.overload_actions.stop_accepting_requests.active";
  const admin = new Admin(adminUrl);
  const deadline = performance.now() + 20_000;
  while ((await admin.stats(`^${refuses}$`)).get(refuses) !== "1") {
    if (performance.now() > deadline) {
      throw new Error("the gateway's memory is not full after 20 s: its callers leave too little unread to fill it");
    }
    await sleep(50);
  }
}

const stackScripts = { ...scripts, large: largeAnswer };

const grpcCall = (method: string, headers: OutgoingHttpHeaders = {}): OutgoingHttpHeaders => ({
  ":path": `/QueryEngineService/${method}`,
  "content-type": "application/grpc",
  te: "trailers",
  ...headers,
});

/** The configuration of each kind. */
function configsOf(
  { blue, green, dead }: Readonly<Record<"blue" | "green" | "dead", number>>,
  jwksFile: string,
  tls: LabTls | undefined,
): Readonly<Record<GatewayKind, object>> {
  const usual = {
    listener: {
      port: 0,
      origins: ["http://127.0.0.1:*"],
      ...(tls && { tls: { certificateFile: tls.certificateFile, keyFile: tls.keyFile } }),
    },
    admin: { port: 0 },
    concurrency: 1,
    stacks: stacks(blue, green, { kind: "none" }),
  };
  return {
    usual,
    refusing: { ...usual, stacks: stacks(dead, dead, { kind: "none" }) },
    unhealthy: { ...usual, stacks: stacks(dead, dead, { kind: "tcp", failures: 1 }) },
    impatient: { ...usual, timeouts: { silence: "500ms" } },
    brief: { ...usual, timeouts: { call: "500ms" } },
    narrow: { ...usual, limits: { callsPerStack: 1 } },
    limited: { ...usual, rateLimits: rateLimits({ calls: 30, per: "1h" }) },
    draining: usual,
    full: { ...usual, limits: { memory: "64MiB" } },
    guarded: { ...usual, jwt: { issuer, audiences: [audience], jwksFile } },
  };
}

const stacks = (blue: number, green: number, healthCheck: object) => ({
  blue: { addresses: [{ port: blue }], healthCheck },
  green: { addresses: [{ port: green }], healthCheck },
});

const rateLimits = (limit: object) => ({ newWork: limit, continuing: limit });
