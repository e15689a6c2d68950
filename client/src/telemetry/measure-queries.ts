import type { Observer } from "../query/observer.ts";
import { isLast, type QueryEvent } from "../query/query-event.ts";
import {
  type Attributes,
  checkMethods,
  databaseAttributes,
  outcomeAttributes,
  placeAttributes,
  rowsAfter,
} from "./query-attributes.ts";

/** What of a histogram is used: OpenTelemetry's `Histogram` fits. */
export interface Histogram {
  record(value: number, attributes: Attributes): void;
}

/** What of a counter is used: OpenTelemetry's `Counter` fits. */
export interface Counter {
  add(value: number, attributes: Attributes): void;
}

/** How an instrument is made. */
export interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
  /** Where the buckets of a histogram end, unless a view of the application's says otherwise. */
  readonly advice?: { explicitBucketBoundaries: number[] };
}

/** What makes instruments: OpenTelemetry's `Meter` fits, as `metrics.getMeter()` gives it. */
export interface Meter {
  createHistogram(name: string, options: InstrumentOptions): Histogram;
  createCounter(name: string, options: InstrumentOptions): Counter;
}

/** The instruments that queries are measured with. */
type Instruments = ReturnType<typeof createInstruments>;

/**
 * Measures each query:
 *
 * - `db.client.operation.duration`, seconds from the call that asks for it to its last row, its failure or its cancellation, and
 *   `db.client.response.returned_rows`, by OpenTelemetry's conventions for databases;
 * - `e6data.client.step.duration`, seconds of each step by `e6data.step`: `authenticating`, `resuming`, `queued`, `planning`,
 *   `running`, `fetching`, `restarting`. Its count tells how many queries waited for a sign-in or for the cluster to wake up.
 *   `fetching` begins with the first rows and, in a stream, lasts as long as its reader takes; `restarting` is the pause before a
 *   query that was lost begins again;
 * - `e6data.client.recoveries`, statements that were handed over again, by `e6data.recovery`: to the `other-stack`, to a
 *   `woken-cluster`, in a `new-session`, or in the `same-session`.
 *
 * Attributes are few: those of the database, `e6data.strategy`, `e6data.outcome` and `error.type`. Never a statement, a query's id
 * or a user.
 *
 * ```ts
 * connect({ url, user, token, observe: [measureQueries(metrics.getMeter("app"))] });
 * ```
 */
export function measureQueries(meter: Meter): Observer {
  checkMethods(meter, "meter", ["createHistogram", "createCounter"], 'pass what metrics.getMeter("app") gives');
  const instruments = createInstruments(meter);
  return (query) => ({ onEvent: createFollower(instruments, databaseAttributes(query)) });
}

function createInstruments(meter: Meter) {
  return {
    duration: meter.createHistogram("db.client.operation.duration", {
      description: "Duration of database client operations.",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    }),
    rows: meter.createHistogram("db.client.response.returned_rows", {
      description: "The actual number of records returned by the database operation.",
      unit: "{row}",
      advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
    }),
    steps: meter.createHistogram("e6data.client.step.duration", {
      description: "Duration of each step in the life of a query.",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    }),
    recoveries: meter.createCounter("e6data.client.recoveries", {
      description: "Statements that were handed to an engine again, because what came of them was lost.",
      unit: "{recovery}",
    }),
  };
}

/** Measures one query: each step when the next one begins, the whole with the last. */
function createFollower(instruments: Instruments, database: Attributes): (event: QueryEvent) => void {
  let step: QueryEvent | undefined;
  let planned: QueryEvent | undefined;
  let rows: number | undefined;
  const since = new Set<QueryEvent["type"]>();
  return (event) => {
    rows = rowsAfter(event, rows);
    if (step !== undefined && step.type !== event.type) {
      const seconds = (event.elapsedMs - step.elapsedMs) / 1000;
      instruments.steps.record(seconds, { ...database, ...placeAttributes(step), "e6data.step": step.type });
    }
    if (event.type === "planning") {
      if (planned !== undefined) {
        const recovery = recoveryOf(planned, since, event);
        instruments.recoveries.add(1, { ...database, ...placeAttributes(event), "e6data.recovery": recovery });
      }
      planned = event;
      since.clear();
    }
    since.add(event.type);
    if (event.type !== step?.type) step = event;
    if (!isLast(event)) return;
    const attributes = { ...database, ...outcomeAttributes(event) };
    instruments.duration.record(event.elapsedMs / 1000, attributes);
    if (rows !== undefined) instruments.rows.record(rows, attributes);
  };
}

/** Where a statement is handed over once more, by what has happened since it was handed over before. */
function recoveryOf(
  former: QueryEvent,
  since: ReadonlySet<QueryEvent["type"]>,
  { strategy }: QueryEvent,
): "other-stack" | "woken-cluster" | "new-session" | "same-session" {
  if (strategy !== former.strategy) return "other-stack";
  if (since.has("resuming")) return "woken-cluster";
  return since.has("authenticating") ? "new-session" : "same-session";
}
