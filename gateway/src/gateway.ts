import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Admin } from "./admin.ts";
import { type RunFiles, renderBootstrap, renderFlattened, runFiles } from "./bootstrap.ts";
import { findEnvoy } from "./envoy-binary.ts";
import { type EnvoyProcess, lastLines, startEnvoy, validateConfig } from "./envoy-process.ts";
import { GatewayError } from "./gateway-error.ts";
import {
  type GatewayOptions,
  type GatewaySettings,
  type GatewayState,
  validateOptions,
  validateState,
} from "./options.ts";
import { assertPortFree } from "./port.ts";
import { type RouteContent, replaceFile, updateRoutes } from "./route-update.ts";
import { renderRoutes, routeFile } from "./routes.ts";

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  /** Where pages and clients call, gRPC-Web and native gRPC alike: `http://host:port`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Envoy's own interface, to look inside. */
  readonly adminUrl: string;
  /** Envoy's process. */
  readonly pid: number;
  /** The folder of this run: configuration and logs. */
  readonly runDir: string;
  /** The state that was applied last. */
  readonly state: GatewayState;
  /**
   * Changes the state; resolves when Envoy uses it. Calls in flight stay on their stack, no connection is closed.
   * Rejects with `INVALID_OPTION`, `ROUTES_REJECTED` (the former state stays), `TIMEOUT` or `CLOSED`.
   */
  apply(state: GatewayState): Promise<void>;
  /** Resolves when Envoy has ended: with the reason if nobody asked for it, with nothing after `close`. */
  readonly ended: Promise<GatewayError | undefined>;
  /** Ends Envoy, and with it the calls in flight. Resolves when it has ended; may be called again. */
  close(): Promise<void>;
}

/** Milliseconds for Envoy to take calls. */
const startTimeout = 30_000;

/**
 * Renders the configuration, has Envoy validate it, and runs it. Resolves when calls are taken. Rejects with a
 * {@link GatewayError}; nothing is left behind then.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const settings = validateOptions(options);
  const state = validateState({ active: options.active ?? "blue", announced: options.announced });
  const binary = await findEnvoy(options.envoyPath);
  await assertPortFree(settings.host, settings.port, "port");
  await assertPortFree("127.0.0.1", settings.adminPort, "adminPort");
  const folder = await makeRunDir(options.runDir);
  const removeFolder = async () => {
    if (options.runDir === undefined) {
      await rm(folder, { recursive: true, force: true });
    }
  };
  try {
    const files = runFiles(folder);
    await prepare(binary, settings, state, files);
    const envoy = await startEnvoy(binary, envoyArguments(settings, files), files.envoyLog);
    return await whenReady({ settings, state, files, folder, envoy, removeFolder });
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

async function makeRunDir(given: string | undefined): Promise<string> {
  if (given === undefined) {
    return mkdtemp(join(tmpdir(), "e6data-gateway-"));
  }
  const folder = resolve(given);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new GatewayError("INVALID_OPTION", `cannot make the folder ${folder}: choose another runDir`, { cause });
  });
  return folder;
}

/** Writes every file of the run, and has Envoy look at them. */
async function prepare(binary: string, settings: GatewaySettings, state: GatewayState, files: RunFiles): Promise<void> {
  await mkdir(files.routesDir, { recursive: true });
  const routes = renderRoutes(settings.origins, state);
  await writeFile(files.bootstrap, json(renderBootstrap(settings, files)));
  await writeFile(files.flattened, json(renderFlattened(settings, files, routes)));
  await replaceFile(files.routes, files.newRoutes, routeContent(settings, state).text);
  await rm(files.adminAddress, { force: true });
  await validateConfig(binary, files.flattened, files.validationLog);
}

function envoyArguments(settings: GatewaySettings, files: RunFiles): readonly string[] {
  return [
    ...["-c", files.bootstrap],
    ...["--concurrency", String(settings.concurrency)],
    ...["--admin-address-path", files.adminAddress],
    ...["--log-level", "warning"],
    ...["--file-flush-interval-msec", "1000"],
    "--reject-unknown-dynamic-fields",
    // Hot restart shares memory by a number: several gateways on one machine would meet there.
    "--disable-hot-restart",
  ];
}

interface Run {
  readonly settings: GatewaySettings;
  readonly state: GatewayState;
  readonly files: RunFiles;
  readonly folder: string;
  readonly envoy: EnvoyProcess;
  removeFolder(): Promise<void>;
}

async function whenReady(run: Run): Promise<Gateway> {
  const { envoy, files } = run;
  const stopWaiting = new AbortController();
  try {
    return await Promise.race([
      ready(files, stopWaiting.signal).then(({ admin, port }) => new RunningGateway(run, admin, port)),
      envoy.exited.then(async () => Promise.reject(await endedByItself(run))),
    ]);
  } catch (error) {
    await envoy.stop();
    throw error;
  } finally {
    stopWaiting.abort();
  }
}

/** Asks until Envoy takes calls and has the routes. */
async function ready(files: RunFiles, stop: AbortSignal): Promise<{ admin: Admin; port: number }> {
  const deadline = AbortSignal.any([stop, AbortSignal.timeout(startTimeout)]);
  while (!deadline.aborted) {
    const address = await readFile(files.adminAddress, "utf8").catch(() => "");
    const admin = new Admin(`http://${address.trim()}`);
    // Not there yet is no error: the deadline decides.
    const port = address === "" ? undefined : await readyPort(admin).catch(() => undefined);
    if (port !== undefined) {
      return { admin, port };
    }
    await delay(10);
  }
  throw new GatewayError(
    "TIMEOUT",
    `Envoy was not ready within ${startTimeout / 1000} s: ${await lastLines(files.envoyLog)}`,
  );
}

async function readyPort(admin: Admin): Promise<number | undefined> {
  const isReady = (await admin.isReady()) && (await admin.routeStatus()).version !== "";
  return isReady ? admin.listenerPort() : undefined;
}

async function endedByItself({ envoy, files }: Pick<Run, "envoy" | "files">): Promise<GatewayError> {
  const { code, signal } = await envoy.exited;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new GatewayError("ENVOY_ENDED", `Envoy has ended ${how}: ${await lastLines(files.envoyLog)}`);
}

function routeContent(settings: GatewaySettings, state: GatewayState): RouteContent {
  const file = routeFile(renderRoutes(settings.origins, state));
  return { version: file.version_info, text: json(file) };
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

class RunningGateway implements Gateway {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly pid: number;
  readonly runDir: string;
  readonly ended: Promise<GatewayError | undefined>;
  readonly #run: Run;
  readonly #admin: Admin;
  #state: GatewayState;
  /** Changes are made one after another: Envoy tells versions apart, not callers. */
  #changes: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(run: Run, admin: Admin, port: number) {
    this.#run = run;
    this.#admin = admin;
    this.#state = run.state;
    this.host = run.settings.host;
    this.port = port;
    this.url = `http://${this.host.includes(":") ? `[${this.host}]` : this.host}:${port}`;
    this.adminUrl = admin.url;
    this.pid = run.envoy.pid;
    this.runDir = run.folder;
    this.ended = run.envoy.exited.then(() => (this.#closing === undefined ? endedByItself(run) : undefined));
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
    const state = validateState(wanted);
    await updateRoutes(this.#run.files, this.#admin, routeContent(this.#run.settings, state));
    this.#state = state;
  }

  async #end(): Promise<void> {
    await this.#run.envoy.stop();
    await this.#run.removeFolder();
  }
}
