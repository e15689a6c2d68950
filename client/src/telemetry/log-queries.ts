import type { Observer } from "../query/observer.ts";
import type { QueryEvent } from "../query/query-event.ts";
import { createLogWriter, type Logger, type LogLine, type LogOptions } from "./log-writer.ts";

const lines: Readonly<Record<QueryEvent["type"], LogLine>> = {
  authenticating: ["debug", "e6data: query waits for a sign-in or for the active stack"],
  resuming: ["info", "e6data: query waits for the cluster to wake up"],
  queued: ["info", "e6data: query waits for a planner"],
  planning: ["debug", "e6data: query handed to the engine"],
  restarting: ["warn", "e6data: query begins again"],
  running: ["debug", "e6data: query is being run"],
  fetching: ["debug", "e6data: query has rows"],
  done: ["info", "e6data: query done"],
  failed: ["error", "e6data: query failed"],
  cancelled: ["info", "e6data: query cancelled"],
  detached: ["info", "e6data: query let go of, left at the engine"],
};
const handedOverAgain: LogLine = ["warn", "e6data: query handed to the engine again"];

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
  "code",
  "retryable",
];

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
  const write = createLogWriter(logger, options, "logQueries()", fieldNames);
  return () => {
    let planned = false;
    let wait: string | undefined;
    return {
      onEvent(event) {
        // A wait is told again and again; what is written is what is new.
        const former = wait;
        wait = waitOf(event);
        if (wait !== undefined && wait === former) return;
        const line = event.type === "planning" && planned ? handedOverAgain : lines[event.type];
        planned ||= event.type === "planning";
        const { code, retryable } = event.type === "failed" ? event.error : { code: undefined };
        write(line, { ...event, ...(code && { code, retryable }) });
      },
    };
  };
}

/** What a query waits for at its longest waits. */
function waitOf(event: QueryEvent): string | undefined {
  if (event.type === "resuming") return event.state;
  return event.type === "queued" ? event.reason : undefined;
}
