import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeploymentSettings } from "../src/config/deployment.ts";
import { readSettings } from "../src/config/settings.ts";
import { type ControllerOptions, DeploymentController } from "../src/deploy/controller.ts";
import { type Gateway, startGateway } from "../src/gateway.ts";
import { routeContent } from "../src/route-update.ts";
import { connectRaw, type RawConnection } from "./raw-call.ts";

/** Gateways that follow one deployment, in a folder of its own. */
export interface DeployedGateways extends AsyncDisposable {
  readonly folder: string;
  /** What a configuration file of theirs would hold. */
  readonly config: object;
  /** The same as it is read. */
  readonly settings: DeploymentSettings;
  readonly gateways: readonly Gateway[];
  /** A connection to each of them. */
  readonly connections: readonly RawConnection[];
  /** What a controller of it works with. */
  readonly options: ControllerOptions;
  /** A controller of the deployment, as its own program would have one, or one that differs. */
  controller(others?: Partial<ControllerOptions>): DeploymentController;
}

/** Starts so many gateways before two stacks. */
export async function startDeployed(ports: { blue: number; green: number }, count: number): Promise<DeployedGateways> {
  const folder = await mkdtemp(join(tmpdir(), "deployment-test-"));
  const configFor = (replicas: readonly string[]) => ({
    stacks: { blue: { addresses: [{ port: ports.blue }] }, green: { addresses: [{ port: ports.green }] } },
    listener: { port: 0, origins: ["http://localhost:*"] },
    admin: { port: 0 },
    deployment: { folder, replicas },
  });
  // A gateway does not ask its like: the addresses are for the controller.
  const unknown = configFor(["http://127.0.0.1:1"]);
  const gateways = await Promise.all(Array.from({ length: count }, () => startGateway({ config: unknown })));
  const config = configFor(gateways.map(({ adminUrl }) => adminUrl));
  const settings = readSettings(config, { folder });
  const { deployment } = settings;
  if (deployment === undefined) {
    throw new Error("the configuration names no deployment");
  }
  const options: ControllerOptions = {
    settings: deployment,
    render: (situation) => routeContent(settings, situation),
  };
  const connections = await Promise.all(gateways.map(({ url }) => connectRaw(url)));
  return {
    folder,
    config,
    settings: deployment,
    gateways,
    connections,
    options,
    controller: (others) => new DeploymentController({ ...options, ...others }),
    async [Symbol.asyncDispose]() {
      await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await rm(folder, { recursive: true });
    },
  };
}

/** The program behind `npm run deploy`. */
export const deployProgram: string = fileURLToPath(new URL("../src/deploy/main.ts", import.meta.url));
