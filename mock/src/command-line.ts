import { parseArgs } from "node:util";
import { parseStrategy } from "e6data-web/headers";
import { InputError } from "./input-error.ts";
import type { MockOptions } from "./mock.ts";

interface Setting {
  readonly option: string;
  readonly variable: string;
  readonly value: string;
  readonly meaning: string;
}

const settings = {
  // Below the ports that a system lends to callers: who calls a stopped stack often enough is lent its very port, and reaches himself.
  bluePort: setting("blue-port", "E6_BLUE_PORT", "20051", "the blue stack; 0 takes any free port"),
  greenPort: setting("green-port", "E6_GREEN_PORT", "20052", "the green stack"),
  controlPort: setting("control-port", "E6_CONTROL_PORT", "20050", "the control interface"),
  scale: setting("scale", "E6_SCALE", "0.01", "size of the sample data, 1 being TPC-H's scale factor 1"),
  memoryLimit: setting("memory-limit", "E6_MOCK_MEMORY_LIMIT", "", "the most memory for data and results, as in 4GiB"),
  parquetFolder: setting("parquet-folder", "E6_MOCK_PARQUET_FOLDER", "", "whose Parquet files data frames may read"),
  active: setting("active", "E6_MOCK_ACTIVE", "blue", "the stack that is active at first"),
  resumeMs: setting("resume-ms", "E6_MOCK_RESUME_MS", "2000", "how long a resume takes, in milliseconds"),
  queryIdleMs: setting("query-idle-ms", "E6_MOCK_QUERY_IDLE_MS", "600000", "when an idle query is given back"),
  maxOpenQueries: setting("max-open-queries", "E6_MOCK_MAX_OPEN_QUERIES", "1000", "how many queries a stack keeps"),
} as const;

/** A port of the mock, and what to do if it is taken. */
export interface PortWish {
  readonly key: "bluePort" | "greenPort" | "controlPort";
  readonly port: number;
  readonly option: string;
  /** Whether somebody asked for just this port: otherwise it gives way to the next free one. */
  readonly asked: boolean;
}

/** What `npm run mock` was asked for. */
export interface CommandLine {
  readonly options: MockOptions;
  readonly ports: readonly PortWish[];
}

/** The text of `npm run mock -- --help`. */
export const help = `npm run mock -- [options]

Runs the blue and the green stack with sample data on loopback, and the control interface, until Ctrl-C.

${Object.values(settings).map(helpLine).join("\n")}
  --help              this text

A port that was not asked for and is taken gives way to the next free one.
`;

function setting(option: string, variable: string, value: string, meaning: string): Setting {
  return { option, variable, value, meaning };
}

function helpLine({ option, variable, value, meaning }: Setting): string {
  return `  --${option.padEnd(18)}${meaning} (${value === "" ? "" : `${value}; `}or ${variable})`;
}

/** Reads the command line and, where it is silent, the environment. `help` if that was asked for. Throws {@link InputError}. */
export function readCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine | "help" {
  const values = parse(args);
  if (values["help"] === true) return "help";
  const given = ({ option, variable }: Setting): string | undefined => {
    const value = values[option];
    return typeof value === "string" ? value : env[variable] || undefined;
  };
  const number = (of: Setting, min: number, max: number) => readInteger(of, given(of) ?? of.value, min, max);
  const ports = (["bluePort", "greenPort", "controlPort"] as const).map((key) => ({
    key,
    port: number(settings[key], 0, 65_535),
    option: `--${settings[key].option}`,
    asked: given(settings[key]) !== undefined,
  }));
  const memoryLimit = given(settings.memoryLimit);
  const parquetFolder = given(settings.parquetFolder);
  return {
    ports: assertDistinct(ports),
    options: {
      scale: readScale(settings.scale, given(settings.scale) ?? settings.scale.value),
      ...(memoryLimit !== undefined && { memoryLimit: readMemory(settings.memoryLimit, memoryLimit) }),
      ...(parquetFolder !== undefined && { parquetFolder }),
      active: readStack(settings.active, given(settings.active) ?? settings.active.value),
      resumeMs: number(settings.resumeMs, 0, 86_400_000),
      queryIdleMs: number(settings.queryIdleMs, 1, 86_400_000),
      maxOpenQueries: number(settings.maxOpenQueries, 1, 10_000),
    },
  };
}

function parse(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const options = Object.values(settings).map(({ option }) => [option, { type: "string" }] as const);
  try {
    return parseArgs({ args: [...args], options: { ...Object.fromEntries(options), help: { type: "boolean" } } })
      .values;
  } catch (cause) {
    const [problem] = cause instanceof Error ? cause.message.split(/\.(?:\s|$)/, 1) : [String(cause)];
    throw new InputError(`${problem}; --help lists the options`, { cause });
  }
}

function refuse({ option, variable }: Setting, value: string, remedy: string): InputError {
  return new InputError(`--${option} (${variable}) is ${JSON.stringify(value)}: give ${remedy}`);
}

function readInteger(of: Setting, value: string, min: number, max: number): number {
  const number = Number(value);
  if (/^\d{1,9}$/.test(value) && number >= min && number <= max) return number;
  throw refuse(of, value, `a whole number from ${min} to ${max}`);
}

function readScale(of: Setting, value: string): number {
  const number = Number(value);
  if (/^\d{0,3}(\.\d{1,6})?$/.test(value) && number > 0 && number <= 10) return number;
  throw refuse(of, value, "a number above 0 and up to 10, such as 0.01");
}

function readMemory(of: Setting, value: string): string {
  if (/^\d{1,6}(?:\.\d{1,3})?[KMGT]i?B$/i.test(value)) return value;
  throw refuse(of, value, "a number and a unit, such as 512MiB or 4GiB");
}

function readStack(of: Setting, value: string): "blue" | "green" {
  const stack = parseStrategy(value);
  if (stack === undefined) throw refuse(of, value, "blue or green");
  return stack;
}

function assertDistinct(ports: readonly PortWish[]): readonly PortWish[] {
  for (const [index, wish] of ports.entries()) {
    const twin = ports.slice(0, index).find((other) => other.port === wish.port && wish.port !== 0);
    if (twin?.asked && wish.asked) throw new InputError(`${twin.option} and ${wish.option} are both ${wish.port}`);
  }
  return ports;
}
