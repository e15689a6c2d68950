import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { Admin } from "./admin.ts";
import { renderBootstrap, renderFlattened } from "./bootstrap.ts";
import { assertRendered } from "./check-rendered.ts";
import type { GatewaySettings } from "./config/settings.ts";
import type { Situation } from "./deploy/deployment-state.ts";
import { type EnvoyProcess, lastLines, startEnvoy, validateConfig } from "./envoy-process.ts";
import { GatewayError } from "./gateway-error.ts";
import { listenerName } from "./listener.ts";
import { metricsListenerName } from "./observability/metrics-listener.ts";
import type { GatewayState } from "./options.ts";
import { renderRoutes } from "./routes.ts";
import type { RunFiles } from "./run-files.ts";
import { secretFile, secretPath, secretsOf } from "./secrets.ts";

/** An Envoy that takes calls. */
export interface RunningEnvoy {
  readonly process: EnvoyProcess;
  readonly admin: Admin;
  /** The port that the listener is bound to. */
  readonly port: number;
  /** The port that Prometheus reads, if there is one. */
  readonly metricsPort: number | undefined;
}

/** Milliseconds for Envoy to take calls. */
const startTimeout = 30_000;

/**
 * Writes the configuration, has Envoy validate it, and runs it; its routes are in their place. Resolves when calls are taken. Rejects with
 * `ENVOY_MISSING`, `CONFIGURATION_REFUSED`, `ENVOY_ENDED` or `TIMEOUT`; no process is left behind then.
 */
export async function runEnvoy(
  binary: string,
  settings: GatewaySettings,
  state: GatewayState | Situation,
  files: RunFiles,
): Promise<RunningEnvoy> {
  await writeFiles(settings, state, files);
  await validateConfig(binary, files.flattened, files.validationLog);
  const envoy = await startEnvoy(binary, envoyArguments(settings, files), files.envoyLog);
  const stopAsking = new AbortController();
  try {
    return await Promise.race([
      untilReady(files, stopAsking.signal).then((ready) => ({ process: envoy, ...ready })),
      envoy.exited.then(async () => Promise.reject(await endOf(envoy, files))),
    ]);
  } catch (error) {
    await envoy.stop();
    throw error;
  } finally {
    stopAsking.abort();
  }
}

/** How an Envoy has ended that nobody has stopped. */
export async function endOf(envoy: EnvoyProcess, files: RunFiles): Promise<GatewayError> {
  const { code, signal } = await envoy.exited;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new GatewayError("ENVOY_ENDED", `Envoy has ended ${how}: ${await lastLines(files.envoyLog)}`);
}

async function writeFiles(settings: GatewaySettings, state: GatewayState | Situation, files: RunFiles): Promise<void> {
  const routes = renderRoutes(settings, state);
  const bootstrap = renderBootstrap(settings, files);
  assertRendered(bootstrap, (situation) => renderRoutes(settings, situation));
  await writeFile(files.bootstrap, JSON.stringify(bootstrap));
  await writeFile(files.flattened, JSON.stringify(renderFlattened(settings, files, routes)));
  for (const secret of secretsOf(settings)) {
    await writeFile(secretPath(files.secretsDir, secret), JSON.stringify(secretFile(secret)));
  }
  // That of a former run in the same folder would be asked.
  await rm(files.adminAddress, { force: true });
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

/** Asks until Envoy takes calls and has its routes. */
async function untilReady(files: RunFiles, stop: AbortSignal): Promise<Omit<RunningEnvoy, "process">> {
  const deadline = AbortSignal.any([stop, AbortSignal.timeout(startTimeout)]);
  while (!deadline.aborted) {
    const address = await readFile(files.adminAddress, "utf8").catch(() => "");
    const admin = new Admin(`http://${address.trim()}`);
    // Not there yet is no error: the deadline decides.
    const port = address === "" ? undefined : await readyPort(admin).catch(() => undefined);
    if (port !== undefined) {
      return { admin, port, metricsPort: await admin.listenerPort(metricsListenerName) };
    }
    await delay(10);
  }
  const words = await lastLines(files.envoyLog);
  throw new GatewayError("TIMEOUT", `Envoy was not ready within ${startTimeout / 1000} s: ${words}`);
}

async function readyPort(admin: Admin): Promise<number | undefined> {
  const isReady = (await admin.isReady()) && (await admin.routeStatus()).version !== "";
  return isReady ? admin.listenerPort(listenerName) : undefined;
}
