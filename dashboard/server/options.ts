import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { defaultGatewayUrl, parseGatewayUrl } from "./gateway-url.ts";

/** What the dashboard's server was asked for. */
export interface ServerOptions {
  /** The IP address to listen on. Default: 127.0.0.1, this machine alone; a container needs another. */
  readonly host: string;
  /** The port; 0 is any free one. Default: 3000. */
  readonly port: number;
  /** The gateway that the page offers, and in the built form the only one it may call. */
  readonly gateway: URL;
  /** Serve the built page instead of the sources. */
  readonly built: boolean;
  /** Print the usage and end. */
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Serves the e6data web console.

  --host <address>     IP address to listen on                (E6_DASHBOARD_HOST, default 127.0.0.1)
  --port <n>           port to listen on, 0 for any free one  (E6_DASHBOARD_PORT, default 3000)
  --gateway-url <url>  gateway that the page talks to         (E6_GATEWAY_URL, default ${defaultGatewayUrl})
  --built              serve the built page instead of the sources
  --help               print this`;

/** Reads the command line, then the environment. Throws an `Error` whose message is one line and names the remedy. */
export function readServerOptions(args: readonly string[], env: Record<string, string | undefined>): ServerOptions {
  const { values } = parseArguments(args);
  return {
    host: parseHost(values.host ?? env["E6_DASHBOARD_HOST"] ?? "127.0.0.1"),
    port: parsePort(values.port ?? env["E6_DASHBOARD_PORT"] ?? "3000"),
    gateway: parseGatewayUrl(values["gateway-url"] ?? env["E6_GATEWAY_URL"] ?? defaultGatewayUrl),
    built: values.built,
    help: values.help,
  };
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: "string" },
        port: { type: "string" },
        "gateway-url": { type: "string" },
        built: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new Error(`${firstSentence(cause)}; see --help`, { cause });
  }
}

function parseHost(text: string): string {
  if (isIP(text) === 0) throw new Error(`"${text}" is not an IP address; give one to listen on, such as 127.0.0.1`);
  return text;
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`"${text}" is not a port; give a number from 0 to 65535`);
  return port;
}

/** Node explains a bad option in several sentences; the first says what is wrong. */
function firstSentence(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split(/\.\s/, 1)[0]?.replace(/\.$/, "") ?? text;
}
