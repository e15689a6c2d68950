import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { buildPage } from "./build-page.ts";
import { startPart } from "./part-process.ts";
import { serveProbe } from "./probe-server.ts";

/** Everything between a browser and the engine: two stacks, a real Envoy, the built console, the probe page. */
export interface Road {
  readonly mock: Mock;
  readonly gateway: Gateway;
  /** The console. */
  readonly consoleUrl: string;
  /** The probe page on an origin that the gateway allows. */
  readonly probeUrl: string;
  /** The probe page on an origin that the gateway does not know. */
  readonly foreignUrl: string;
  /** Brings mock and gateway back to how they started: blue active, nothing announced, no faults. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The origins of the pages; `localhost` on the same ports is foreign. */
const allowedOrigins = ["http://127.0.0.1:*"];

/** Builds the pages and starts every part on free ports. */
export async function startRoad(): Promise<Road> {
  await using parts = new AsyncDisposableStack();
  await Promise.all([buildPage("dashboard"), buildPage("e2e/probe")]);
  const mock = parts.use(await startMock());
  const { blue, green } = mock;
  const gateway = parts.use(await startGateway({ blue, green, origins: allowedOrigins }));
  const dashboard = await startPart("dashboard/server/main.ts", [
    "--built",
    ...["--port", "0"],
    ...["--gateway-url", gateway.url],
  ]);
  parts.defer(() => dashboard.close());
  const probe = await serveProbe();
  parts.defer(() => probe.close());
  const everything = parts.move();
  return {
    mock,
    gateway,
    consoleUrl: dashboard.url,
    probeUrl: probe.url,
    foreignUrl: probe.foreignUrl,
    async reset() {
      await mock.control.reset();
      await gateway.apply({ active: "blue" });
    },
    close: () => everything.disposeAsync(),
  };
}
