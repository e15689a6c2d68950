import { parseStrategy, type Strategy } from "e6data-web/headers";
import { originProblem } from "./cors.ts";
import { GatewayError } from "./gateway-error.ts";

/** Where one stack listens: HTTP/2 in clear text. */
export interface StackAddress {
  /** A host name or an IP address; default `127.0.0.1`. */
  readonly host?: string | undefined;
  readonly port: number;
}

/** What the gateway believes about the deployment; it can be changed while calls run. */
export interface GatewayState {
  /** The stack that takes new work, and every call without a `strategy` header. */
  readonly active: Strategy;
  /** The stack that new work will move to, from the announcement of a switch until the switch. */
  readonly announced?: Strategy | undefined;
}

/** The options of `startGateway`. A port of 0, the default, takes any free one. */
export interface GatewayOptions {
  readonly blue: StackAddress;
  readonly green: StackAddress;
  /** Where pages and clients call; default any free port. */
  readonly port?: number | undefined;
  /** The IP address to listen on; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Envoy's own interface, always on 127.0.0.1; default any free port. */
  readonly adminPort?: number | undefined;
  /** Default `blue`. */
  readonly active?: Strategy | undefined;
  /** Default none. */
  readonly announced?: Strategy | undefined;
  /** Pages that may call: `https://host`, `http://host:port`, `http://host:*`. Default: the pages of this machine. */
  readonly origins?: readonly string[] | undefined;
  /** Envoy's worker threads, 1 to 64; default 2. */
  readonly concurrency?: number | undefined;
  /** Envoy's binary; default: `ENVOY_PATH`, the one in the workspace's `.tools`, the one on the PATH. */
  readonly envoyPath?: string | undefined;
  /** A folder for configuration and logs, kept after the end; default a temporary one, removed at the end. */
  readonly runDir?: string | undefined;
}

/** {@link StackAddress} with its default filled in. */
export interface StackSettings {
  readonly host: string;
  readonly port: number;
}

/** {@link GatewayOptions} with every default filled in and every value checked. */
export interface GatewaySettings {
  readonly stacks: Readonly<Record<Strategy, StackSettings>>;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly origins: readonly string[];
  readonly concurrency: number;
}

/** Pages of this machine, on any port. */
export const loopbackOrigins: readonly string[] = ["http://localhost:*", "http://127.0.0.1:*"];

const maxOrigins = 100;
const maxConcurrency = 64;

/** Checks the options and fills in the defaults. Throws `INVALID_OPTION` for the first that is wrong. */
export function validateOptions(options: GatewayOptions): GatewaySettings {
  return {
    stacks: { blue: validateStack("blue", options.blue), green: validateStack("green", options.green) },
    host: validateHost("host", options.host ?? "127.0.0.1"),
    port: validateInteger("port", options.port ?? 0, 0, 65_535),
    adminPort: validateInteger("adminPort", options.adminPort ?? 0, 0, 65_535),
    origins: validateOrigins(options.origins ?? loopbackOrigins),
    concurrency: validateInteger("concurrency", options.concurrency ?? 2, 1, maxConcurrency),
  };
}

/** Checks a state that comes from outside the types. Throws `INVALID_OPTION`. */
export function validateState(state: GatewayState): GatewayState {
  const active = validateStrategy("active", state.active);
  return state.announced === undefined
    ? { active }
    : { active, announced: validateStrategy("announced", state.announced) };
}

function validateStrategy(name: string, value: unknown): Strategy {
  const strategy = typeof value === "string" ? parseStrategy(value) : undefined;
  return strategy ?? refuse(name, value, "must be blue or green");
}

function validateStack(name: Strategy, { host = "127.0.0.1", port }: StackAddress): StackSettings {
  return { host: validateHost(`${name}.host`, host), port: validateInteger(`${name}.port`, port, 1, 65_535) };
}

function validateHost(name: string, host: string): string {
  return /^[A-Za-z0-9.:_-]{1,253}$/.test(host) ? host : refuse(name, host, "must be a host name or an IP address");
}

function validateInteger(name: string, value: number, min: number, max: number): number {
  const fits = Number.isInteger(value) && value >= min && value <= max;
  return fits ? value : refuse(name, value, `must be a whole number from ${min} to ${max}`);
}

function validateOrigins(origins: readonly string[]): readonly string[] {
  if (origins.length > maxOrigins) {
    return refuse("origins", `${origins.length} entries`, `may hold ${maxOrigins} at most`);
  }
  for (const origin of origins) {
    const problem = originProblem(origin);
    if (problem !== undefined) {
      refuse("origins", origin, problem);
    }
  }
  return origins;
}

function refuse(name: string, value: unknown, rule: string): never {
  throw new GatewayError("INVALID_OPTION", `${name} is ${JSON.stringify(value)}: ${rule}`);
}
