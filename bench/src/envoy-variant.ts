import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findEnvoy, startEnvoy } from "@e6data-web/gateway";

/** The gateway with parts left out, to see what they cost. */
export interface Variant {
  /** What the files of this variant are called. */
  readonly name: string;
  /** `whole`: the gateway's filters and routes; `bare`: grpc_web and router, and one route to blue. */
  readonly filters: "whole" | "bare";
  /** Whether each call is logged, as the gateway logs it. */
  readonly logs: boolean;
}

/** An Envoy that runs a {@link Variant}. */
export interface VariantEnvoy extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

type Json = Readonly<Record<string, unknown>>;

interface Extension extends Json {
  readonly name: string;
}

interface Filter extends Extension {
  readonly typed_config: Json & { readonly upstream_log?: readonly Extension[] };
}

interface Manager extends Json {
  readonly http_filters: readonly Filter[];
  readonly access_log: readonly Extension[];
}

/** The parts of the gateway's configuration that a variant changes. */
interface Configuration extends Json {
  readonly static_resources: {
    readonly listeners: readonly (Json & {
      readonly filter_chains: readonly { readonly filters: readonly Filter[] }[];
    })[];
  };
}

/** Milliseconds for Envoy to take calls. */
const startTimeout = 30_000;

/** Runs a variant of the gateway whose folder this is; its own files lie there too. Rejects if Envoy does not take it. */
export async function startVariant(folder: string, variant: Variant): Promise<VariantEnvoy> {
  const file = (kind: string) => join(folder, `${variant.name}-${kind}`);
  // The gateway has written it, and Envoy has read it.
  const whole: Configuration = JSON.parse(await readFile(join(folder, "bootstrap.json"), "utf8"));
  await writeFile(file("bootstrap.json"), JSON.stringify(changed(whole, variant)));
  const options = ["--concurrency", "2", "--log-level", "error", "--disable-hot-restart"];
  const args = ["-c", file("bootstrap.json"), "--admin-address-path", file("admin"), ...options];
  const envoy = await startEnvoy(await findEnvoy(undefined), args, file("envoy.log"));
  try {
    return {
      url: `http://127.0.0.1:${await listenerPort(file("admin"))}`,
      pid: envoy.pid,
      [Symbol.asyncDispose]: () => envoy.stop(),
    };
  } catch (error) {
    await envoy.stop();
    throw error;
  }
}

function changed(whole: Configuration, variant: Variant): Configuration {
  const [listener] = whole.static_resources.listeners;
  const [manager] = listener?.filter_chains[0]?.filters ?? [];
  if (listener === undefined || manager === undefined) throw new Error("the gateway's configuration has no listener");
  const filters = [{ ...manager, typed_config: changedManager(manager.typed_config, variant) }];
  // The gateway itself keeps its ports.
  return {
    ...whole,
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    static_resources: {
      ...whole.static_resources,
      listeners: [{ ...listener, filter_chains: [{ ...listener.filter_chains[0], filters }] }],
    },
  };
}

/** One stack, whatever is asked. */
const bareRoutes = {
  name: "bare",
  virtual_hosts: [
    {
      name: "bare",
      domains: ["*"],
      routes: [{ match: { prefix: "/" }, route: { cluster: "e6_blue", timeout: "0s" } }],
    },
  ],
};

const bareFilters = ["envoy.filters.http.grpc_web", "envoy.filters.http.router"];
const fileLog = "envoy.access_loggers.file";

function changedManager(manager: Json, variant: Variant): Json {
  // What is there was rendered by the gateway: see `connectionManager` in its listener.
  const { http_filters, access_log, rds, local_reply_config, ...others } = manager as Manager;
  const isWhole = variant.filters === "whole";
  const filters = isWhole ? http_filters : http_filters.filter(({ name }) => bareFilters.includes(name));
  return {
    ...others,
    ...(isWhole ? { rds, local_reply_config } : { route_config: bareRoutes }),
    access_log: access_log.filter((log) => isKept(log, variant)),
    http_filters: filters.map((filter) => ({ ...filter, typed_config: changedFilter(filter.typed_config, variant) })),
  };
}

/** The router logs too. */
function changedFilter({ upstream_log, ...config }: Filter["typed_config"], variant: Variant): Json {
  return upstream_log === undefined
    ? config
    : { ...config, upstream_log: upstream_log.filter((log) => isKept(log, variant)) };
}

/** Other logs than those to files are the gateway's statistics. */
function isKept({ name }: Extension, { filters, logs }: Variant): boolean {
  return name === fileLog ? logs : filters === "whole";
}

async function listenerPort(adminFile: string): Promise<number> {
  const deadline = AbortSignal.timeout(startTimeout);
  while (!deadline.aborted) {
    // Not there yet is no error: the deadline decides.
    const address = await readFile(adminFile, "utf8").catch(() => "");
    const text = address === "" ? "" : await ask(`http://${address.trim()}/listeners`).catch(() => "");
    const [, port] = /^main::.*:(\d+)$/m.exec(text) ?? [];
    if (port !== undefined && Number(port) > 0) return Number(port);
    await delay(20);
  }
  throw new Error(`Envoy was not ready within ${startTimeout / 1000} s: see the log beside ${adminFile}`);
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(startTimeout) });
  return await response.text();
}
