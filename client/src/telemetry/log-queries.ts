import { invalidOption, rejectUnknown } from "../options.ts";
import type { Observer } from "../query/observer.ts";
import type { QueryEvent } from "../query/query-event.ts";

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

/** Options of {@link logQueries}. */
export interface LogOptions {
  /** The least that is written. Default: `info`. */
  readonly level?: LogLevel | undefined;
}

const lines: Readonly<Record<QueryEvent["type"], readonly [LogLevel, message: string]>> = {
  authenticating: ["debug", "e6data: query waits for a sign-in or for the active stack"],
  resuming: ["info", "e6data: query waits for the cluster to wake up"],
  queued: ["info", "e6data: query waits for a planner"],
  planning: ["debug", "e6data: query handed to the engine"],
  running: ["debug", "e6data: query is being run"],
  fetching: ["debug", "e6data: query has rows"],
  done: ["info", "e6data: query done"],
  failed: ["error", "e6data: query failed"],
  cancelled: ["info", "e6data: query cancelled"],
  detached: ["info", "e6data: query let go of, left at the engine"],
};
const handedOverAgain: readonly [LogLevel, string] = ["warn", "e6data: query handed to the engine again"];

/** What of an event is written. What is not named here never gets into a log. */
const fieldNames = [
  "elapsedMs",
  "queryId",
  "strategy",
  "state",
  "reason",
  "batch",
  "batches",
  "rows",
  "rowCount",
] as const;

/**
 * Writes the steps of each query: `debug` every step, `info` its end and long waits, `warn` where it had to be handed over again,
 * `error` a failure by its code. Never a statement, a value or a credential.
 *
 * ```ts
 * connect({ url, user, token, observe: [logQueries(console, { level: "warn" })] });
 * ```
 *
 * Where a library wants the fields first: `logQueries({ warn: (message, fields) => pino.warn(fields, message) })`.
 */
export function logQueries(logger: Logger, options: LogOptions = {}): Observer {
  if (!levels.some((level) => typeof Object(logger)[level] === "function")) {
    throw invalidOption("logger", `has none of the functions ${levels.join(", ")}`, "pass console, or one like it");
  }
  rejectUnknown(options, new Set(["level"]), "logQueries()");
  const least = levels.indexOf(options.level ?? "info");
  if (least < 0) throw invalidOption("level", "is not known", `pass one of ${levels.join(", ")}`);
  return () => {
    let planned = false;
    let wait: string | undefined;
    return {
      onEvent(event) {
        // A wait is told again and again; what is written is what is new.
        const former = wait;
        wait = waitOf(event);
        if (wait !== undefined && wait === former) return;
        const [level, message] = event.type === "planning" && planned ? handedOverAgain : lines[event.type];
        planned ||= event.type === "planning";
        if (levels.indexOf(level) >= least) logger[level]?.(message, fieldsOf(event));
      },
    };
  };
}

/** What a query waits for at its longest waits. */
function waitOf(event: QueryEvent): string | undefined {
  if (event.type === "resuming") return event.state;
  return event.type === "queued" ? event.reason : undefined;
}

function fieldsOf(event: QueryEvent): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of fieldNames) {
    const value: unknown = Reflect.get(event, name);
    if (value !== undefined) fields[name] = value;
  }
  if (event.type === "failed") {
    fields["code"] = event.error.code;
    fields["retryable"] = event.error.retryable;
  }
  return fields;
}
