import { checkCertificates } from "./check-certificates.ts";
import type { GatewaySettings } from "./config/settings.ts";
import { activeStack, type Situation } from "./deploy/deployment-state.ts";
import { joinDeployment } from "./deploy/join.ts";
import { findEnvoy } from "./envoy-binary.ts";
import type { EnvoyProcess } from "./envoy-process.ts";
import { GatewayError } from "./gateway-error.ts";
import { settleAdminPort } from "./observability/settle-admin-port.ts";
import {
  type ConfiguredOptions,
  type GatewayOptions,
  type GatewayState,
  type RunOptions,
  validateOptions,
  validateState,
} from "./options.ts";
import { assertPortFree } from "./port.ts";
import { replaceFile } from "./replace-file.ts";
import { routeContent, updateRoutes } from "./route-update.ts";
import { endOf, type RunningEnvoy, runEnvoy } from "./run-envoy.ts";
import { openRunFolder, type RunFolder } from "./run-files.ts";

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  /** Where pages and clients call, gRPC-Web and native gRPC alike: `http://host:port`, with TLS `https://…`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Envoy's own interface, to look inside. */
  readonly adminUrl: string;
  /** Where Prometheus reads, at `/stats/prometheus`; nothing if it was not asked for. */
  readonly metricsUrl: string | undefined;
  /** Envoy's process. */
  readonly pid: number;
  /** The folder of this run: configuration and logs. */
  readonly runDir: string;
  /** The state that was applied last; of a gateway that follows a deployment, the one that it has begun with. */
  readonly state: GatewayState;
  /**
   * Changes the state; resolves when Envoy uses it. Calls in flight stay on their stack, no connection is closed.
   * Rejects with `INVALID_OPTION`, `ROUTES_REJECTED` (the former state stays), `TIMEOUT`, `ENVOY_ENDED` or `CLOSED`.
   */
  apply(state: GatewayState): Promise<void>;
  /** Resolves when Envoy has ended: with the reason if nobody asked for it, with nothing after `close`. */
  readonly ended: Promise<GatewayError | undefined>;
  /** Ends Envoy, and with it the calls in flight. Resolves when it has ended; may be called again. */
  close(): Promise<void>;
}

/**
 * Renders the configuration, has Envoy validate it, and runs it. Resolves when calls are taken. Rejects with a
 * {@link GatewayError}; nothing is left behind then.
 */
export async function startGateway(options: GatewayOptions | ConfiguredOptions): Promise<Gateway> {
  return runGateway(validateOptions(options), options);
}

/** The same for settings that were read already. */
export async function runGateway(wanted: GatewaySettings, options: RunOptions): Promise<Gateway> {
  const settings = await settleAdminPort(wanted);
  const given = validateState({ active: options.active ?? "blue", announced: options.announced });
  const { listener, admin, deployment, observability } = settings;
  await checkCertificates(settings);
  const binary = await findEnvoy(options.envoyPath);
  await assertPortFree(listener.host, listener.port, "port");
  await assertPortFree(admin.host, admin.port, "adminPort");
  if (observability.metrics !== undefined) {
    await assertPortFree(observability.metrics.host, observability.metrics.port, "observability.metrics.port");
  }
  const folder = await openRunFolder(options.runDir);
  try {
    const joined = deployment && (await joinDeployment(settings, deployment));
    const state = joined === undefined ? given : shortForm(joined.state);
    if (joined === undefined) {
      await replaceFile(folder.files.routes, folder.files.newRoutes, routeContent(settings, state).text);
    }
    const files = { ...folder.files, ...joined?.files };
    return new RunningGateway(settings, state, folder, await runEnvoy(binary, settings, joined?.state ?? state, files));
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function urlOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function shortForm(situation: Situation): GatewayState {
  return { active: activeStack(situation), announced: situation.announced };
}

/** Whether a process is known to have ended, once everything that has happened by now has been heard of. */
function hasEnded({ exited }: EnvoyProcess): Promise<boolean> {
  const notYet = new Promise<boolean>((resolve) => {
    setImmediate(() => resolve(false));
  });
  return Promise.race([exited.then(() => true), notYet]);
}

class RunningGateway implements Gateway {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly metricsUrl: string | undefined;
  readonly pid: number;
  readonly runDir: string;
  readonly ended: Promise<GatewayError | undefined>;
  readonly #settings: GatewaySettings;
  readonly #folder: RunFolder;
  readonly #envoy: RunningEnvoy;
  #state: GatewayState;
  /** Changes are made one after another: Envoy tells versions apart, not callers. */
  #changes: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(settings: GatewaySettings, state: GatewayState, folder: RunFolder, envoy: RunningEnvoy) {
    this.#settings = settings;
    this.#state = state;
    this.#folder = folder;
    this.#envoy = envoy;
    const { listener, observability } = settings;
    const { host, tls } = listener;
    this.host = host;
    this.port = envoy.port;
    this.url = urlOf(tls === undefined ? "http" : "https", host, envoy.port);
    this.adminUrl = envoy.admin.url;
    this.metricsUrl = observability.metrics && urlOf("http", observability.metrics.host, envoy.metricsPort ?? 0);
    this.pid = envoy.process.pid;
    this.runDir = folder.path;
    this.ended = envoy.process.exited.then(() => (this.#closing === undefined ? this.#endOf() : undefined));
  }

  get state(): GatewayState {
    return this.#state;
  }

  apply(state: GatewayState): Promise<void> {
    const change = this.#changes.then(() => this.#change(state));
    this.#changes = change.catch(() => undefined);
    return change;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #change(wanted: GatewayState): Promise<void> {
    if (this.#closing !== undefined) {
      throw new GatewayError("CLOSED", "the gateway is closed");
    }
    if (this.#settings.deployment !== undefined) {
      const problem = `the deployment in ${this.#settings.deployment.folder} decides: use npm run deploy`;
      throw new GatewayError("INVALID_OPTION", problem);
    }
    const state = validateState(wanted);
    const { admin, process } = this.#envoy;
    const exit = process.exited.then(async () => Promise.reject(await this.#endOf()));
    const update = updateRoutes(this.#folder.files, admin, routeContent(this.#settings, state));
    // An Envoy that has ended does not answer either. Its end is the cause then, though its last words take time to read.
    const outcome = update.catch(async (error: unknown) => ((await hasEnded(process)) ? exit : Promise.reject(error)));
    await Promise.race([outcome, exit]);
    this.#state = state;
  }

  #endOf(): Promise<GatewayError> {
    return endOf(this.#envoy.process, this.#folder.files);
  }

  async #end(): Promise<void> {
    await this.#envoy.process.stop();
    await this.#folder.remove();
  }
}
