import { parseStrategy, type Strategy } from "e6data-web/headers";
import { origins } from "./config/listener.ts";
import { type Reader, readObject } from "./config/reader.ts";
import { ipAddress, portToListen } from "./config/rules.ts";
import { concurrency, defaultTuning, type GatewaySettings, readSettings } from "./config/settings.ts";
import { readAddress, type StackSettings } from "./config/stacks.ts";
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

/** What both forms of options share. */
export interface RunOptions {
  /** Default `blue`. */
  readonly active?: Strategy | undefined;
  /** Default none. */
  readonly announced?: Strategy | undefined;
  /** Envoy's binary; default: `ENVOY_PATH`, the one in the workspace's `.tools`, the one on the PATH. */
  readonly envoyPath?: string | undefined;
  /** A folder for configuration and logs, kept after the end; default a temporary one, removed at the end. */
  readonly runDir?: string | undefined;
}

/**
 * The short form of the options of `startGateway`: clear text, one address for each stack, no questions about its
 * health, every limit at its default. A port of 0, the default, takes any free one.
 */
export interface GatewayOptions extends RunOptions {
  readonly blue: StackAddress;
  readonly green: StackAddress;
  /** Where pages and clients call; default any free port. */
  readonly port?: number | undefined;
  /** The IP address to listen on; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Envoy's own interface, always on 127.0.0.1; default any free port. */
  readonly adminPort?: number | undefined;
  /** Pages that may call: `https://host`, `http://host:port`, `http://host:*`. Default: the pages of this machine. */
  readonly origins?: readonly string[] | undefined;
  /** Envoy's worker threads, 1 to 64; default 2. */
  readonly concurrency?: number | undefined;
}

/** The full form of the options of `startGateway`. */
export interface ConfiguredOptions extends RunOptions {
  /** What a configuration file holds; docs/gateway-configuration.md has every key. */
  readonly config: unknown;
  /** The folder that the configuration's paths start from; default the working directory. */
  readonly configFolder?: string | undefined;
}

/** Pages of this machine, on any port. */
export const loopbackOrigins: readonly string[] = ["http://localhost:*", "http://127.0.0.1:*"];

/** Checks the options and fills in the defaults. Throws `INVALID_OPTION` for the first that is wrong. */
export function validateOptions(options: GatewayOptions | ConfiguredOptions): GatewaySettings {
  const folder = process.cwd();
  return "config" in options
    ? readSettings(options.config, { folder: options.configFolder ?? folder })
    : readObject(shortForm(options), { path: "", folder }, readShortForm);
}

/** Only what belongs to it: a mock's stack, given as an address, has more. */
function shortForm({ blue, green, host, port, adminPort, origins, concurrency }: GatewayOptions): object {
  const address = (stack: StackAddress) => ({ host: stack.host, port: stack.port });
  return { blue: address(blue), green: address(green), host, port, adminPort, origins, concurrency };
}

function readShortForm(reader: Reader): GatewaySettings {
  const stack = (name: Strategy): StackSettings => ({
    addresses: [reader.section(name, readAddress)],
    tls: undefined,
    // Who starts a gateway in a program knows when a stack is there, and counts its calls.
    healthCheck: undefined,
  });
  return {
    stacks: { blue: stack("blue"), green: stack("green") },
    listener: {
      host: reader.get("host", ipAddress, "127.0.0.1"),
      port: reader.get("port", portToListen, 0),
      origins: reader.get("origins", origins, loopbackOrigins),
      trustedProxies: 0,
      tls: undefined,
    },
    admin: { host: "127.0.0.1", port: reader.get("adminPort", portToListen, 0), allowDrain: false },
    ...defaultTuning,
    deployment: undefined,
    concurrency: reader.get("concurrency", concurrency, 2),
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
  if (strategy === undefined) {
    throw new GatewayError("INVALID_OPTION", `${name} is ${JSON.stringify(value)}: must be blue or green`);
  }
  return strategy;
}
