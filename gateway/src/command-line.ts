import { parseArgs } from "node:util";
import { parseStrategy, type Strategy } from "e6data-web/headers";
import { GatewayError } from "./gateway-error.ts";
import type { GatewayOptions } from "./options.ts";

/** What `npm run gateway` was asked for: what a configuration file says, or the short form. */
export type CommandLine =
  | {
      readonly kind: "file";
      /** The configuration file. */
      readonly path: string;
      readonly runDir: string | undefined;
      /** The variables that are set, but say nothing beside a file. */
      readonly ignored: readonly string[];
    }
  | {
      readonly kind: "options";
      readonly options: GatewayOptions;
      /** A port that nobody asked for gives way to the next free one. */
      readonly isPortFixed: boolean;
      readonly isAdminPortFixed: boolean;
    };

interface Setting {
  readonly option: string;
  readonly variable: string;
  readonly value: string;
  readonly meaning: string;
}

const settings = {
  config: setting("config", "E6_GATEWAY_CONFIG", "", "a configuration file, which says all that follows but run-dir"),
  port: setting("port", "E6_GATEWAY_PORT", "8080", "where pages and clients call; 0 takes any free port"),
  host: setting("host", "E6_GATEWAY_HOST", "127.0.0.1", "the IP address to listen on"),
  adminPort: setting("admin-port", "E6_ADMIN_PORT", "9901", "Envoy's own interface, on 127.0.0.1"),
  bluePort: setting("blue-port", "E6_BLUE_PORT", "20051", "the blue stack's port"),
  blueHost: setting("blue-host", "E6_BLUE_HOST", "127.0.0.1", "the blue stack's host"),
  greenPort: setting("green-port", "E6_GREEN_PORT", "20052", "the green stack's port"),
  greenHost: setting("green-host", "E6_GREEN_HOST", "127.0.0.1", "the green stack's host"),
  active: setting("active", "E6_GATEWAY_ACTIVE", "blue", "the stack that takes new work"),
  announced: setting("announced", "E6_GATEWAY_ANNOUNCED", "", "the stack that new work will move to"),
  concurrency: setting("concurrency", "E6_GATEWAY_CONCURRENCY", "2", "Envoy's worker threads"),
  runDir: setting("run-dir", "E6_GATEWAY_RUN_DIR", "", "a folder to keep configuration and logs in"),
} as const;

const originOption = "origin";
const originVariable = "E6_GATEWAY_ORIGINS";

/** The text of `npm run gateway -- --help`. */
export const help = `npm run gateway -- [options]

Runs Envoy between gRPC-Web pages and the two stacks, until Ctrl-C. Beside a configuration file other options are refused, and their
variables say nothing: a warning names those that are set.

${Object.values(settings).map(helpLine).join("\n")}
  --origin       a page that may call, such as https://app.example.com or http://localhost:*; may be repeated
                 (the pages of this machine; or ${originVariable}, separated by commas)
  --help         this text

A port that was not asked for and is taken gives way to the next free one.
`;

function setting(option: string, variable: string, value: string, meaning: string): Setting {
  return { option, variable, value, meaning };
}

function helpLine({ option, variable, value, meaning }: Setting): string {
  return `  --${option.padEnd(13)}${meaning} (${value === "" ? "none" : value}; or ${variable})`;
}

/**
 * Reads the command line and, where it is silent, the environment. `help` if that was asked for. Throws
 * `INVALID_OPTION`.
 */
export function readCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine | "help" {
  const values = parse(args);
  if (values["help"] === true) {
    return "help";
  }
  const given = ({ option, variable }: Setting) => text(values[option]) ?? (env[variable] || undefined);
  const configFile = given(settings.config);
  if (configFile !== undefined) {
    refuseBesideFile(values);
    return { kind: "file", path: configFile, runDir: given(settings.runDir), ignored: ignoredBesideFile(env) };
  }
  const read = (from: Setting) => given(from) ?? from.value;
  const integer = (from: Setting) => parseInteger(from, read(from));
  return {
    kind: "options",
    options: {
      port: integer(settings.port),
      host: read(settings.host),
      adminPort: integer(settings.adminPort),
      blue: { host: read(settings.blueHost), port: integer(settings.bluePort) },
      green: { host: read(settings.greenHost), port: integer(settings.greenPort) },
      active: parseStack(settings.active, read(settings.active)),
      announced: parseStack(settings.announced, read(settings.announced)),
      concurrency: integer(settings.concurrency),
      runDir: read(settings.runDir) || undefined,
      origins: parseOrigins(values[originOption], env[originVariable]),
    },
    isPortFixed: given(settings.port) !== undefined,
    isAdminPortFixed: given(settings.adminPort) !== undefined,
  };
}

const besideFile: readonly Setting[] = [settings.config, settings.runDir];

/** Nobody may have meant these: Kubernetes sets such as E6_GATEWAY_PORT by itself, for a service of that name. So they do not stop a start. */
function ignoredBesideFile(env: NodeJS.ProcessEnv): readonly string[] {
  const others = Object.values(settings).filter((one) => !besideFile.includes(one));
  return [...others.map(({ variable }) => variable), originVariable].filter((variable) => env[variable]);
}

/** What one of the two would say in vain. */
function refuseBesideFile(values: Values): void {
  const stray = Object.keys(values).find((option) => besideFile.every((allowed) => allowed.option !== option));
  if (stray !== undefined) {
    throw new GatewayError(
      "INVALID_OPTION",
      `--${stray} cannot stand beside a configuration file: say it in the file, or leave --config away`,
    );
  }
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parse(args: readonly string[]): Values {
  const one = Object.values(settings).map(({ option }) => [option, { type: "string" }] as const);
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(one),
        [originOption]: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
    }).values;
  } catch (cause) {
    const [problem] = cause instanceof Error ? cause.message.split(/\.(?:\s|$)/, 1) : [String(cause)];
    throw new GatewayError("INVALID_OPTION", `${problem}; --help lists the options`, { cause });
  }
}

function text(value: Values[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function parseInteger({ option, variable }: Setting, value: string): number {
  if (/^\d{1,5}$/.test(value)) {
    return Number(value);
  }
  throw new GatewayError(
    "INVALID_OPTION",
    `--${option} (${variable}) is ${JSON.stringify(value)}: give a whole number`,
  );
}

function parseStack({ option, variable }: Setting, value: string): Strategy | undefined {
  const stack = parseStrategy(value);
  if (stack === undefined && value !== "") {
    const problem = `--${option} (${variable}) is ${JSON.stringify(value)}: give blue or green`;
    throw new GatewayError("INVALID_OPTION", problem);
  }
  return stack;
}

function parseOrigins(values: Values[string], variable: string | undefined): readonly string[] | undefined {
  if (Array.isArray(values)) {
    return values.map(String);
  }
  const listed = (variable ?? "").split(",").map((origin) => origin.trim());
  const origins = listed.filter((origin) => origin !== "");
  return origins.length === 0 ? undefined : origins;
}
