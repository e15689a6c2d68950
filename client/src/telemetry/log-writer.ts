import { type Checks, checkAll, invalidOption } from "../checks.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/**
 * How much a line matters, from the least to the most.
 *
 * @useDeclaredType
 */
export type LogLevel = (typeof levels)[number];

/**
 * What takes lines, each a message that is one of a few, and what is special about this time; `console` fits. A level that is
 * missing is passed over.
 */
export type Logger = {
  readonly [Level in LogLevel]?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
};

/** Options of a function that writes a log. */
export interface LogOptions {
  /** The least that is written. Default: `info`. */
  readonly level?: LogLevel | undefined;
}

const checks: Checks = {
  level: [(value) => levels.some((level) => level === value), `one of ${levels.join(", ")}`],
};

/** A line: how much it matters, and its message. */
export type LogLine = readonly [LogLevel, message: string];

/**
 * Writes lines that matter enough; of what is to be told it takes the `names` that are there, and nothing else ever gets into a log.
 *
 * Throws `INVALID_OPTION` for a logger that takes no level at all, and for options of `where` that are none.
 */
export function createLogWriter(
  logger: Logger,
  options: LogOptions,
  where: string,
  names: readonly string[],
): (line: LogLine, told: object) => void {
  if (!levels.some((level) => typeof Object(logger)[level] === "function")) {
    throw invalidOption("logger", `has none of the functions ${levels.join(", ")}`, "pass console, or one like it");
  }
  checkAll(options, checks, where);
  const least = levels.indexOf(options.level ?? "info");
  return ([level, message], told) => {
    if (levels.indexOf(level) < least) return;
    const fields: Record<string, unknown> = {};
    for (const name of names) {
      const value: unknown = Reflect.get(told, name);
      if (value !== undefined) fields[name] = value;
    }
    logger[level]?.(message, fields);
  };
}

/** A logger that writes each line as one JSON object: `time` (ISO 8601), `level`, `message`, and its fields. Default: to `console.log`. */
export function jsonLogger(write: (line: string) => void = (line) => console.log(line)): Logger {
  const toLine = (level: LogLevel) => (message: string, fields: Readonly<Record<string, unknown>>) =>
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
  return { debug: toLine("debug"), info: toLine("info"), warn: toLine("warn"), error: toLine("error") };
}
