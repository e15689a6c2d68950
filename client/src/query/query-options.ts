import { type Checks, callable, checkAll, flag, numberFrom, placeChecks, text } from "../checks.ts";
import type { Dialect } from "../result/dialect.ts";
import { type ReadingOptions, resolveReading } from "../result/reading-options.ts";
import { type CallLimits, limitChecks } from "../transport/call-limits.ts";
import type { QueryListener } from "./query-event.ts";

/** How a query is followed. Its limits hold until its last row has come; an engine that still works on it is told to stop. */
export interface AttachOptions extends CallLimits {
  /** Is told of each step of the query. What it throws does not touch the query. */
  readonly onEvent?: QueryListener | undefined;
  /**
   * The W3C trace context that goes with each call of this query, such as the `traceparent` header of the request that an
   * edge function answers. One that is malformed is left out, as the recommendation wants it. Default: the connection's. An observer
   * that traces the query puts its own in this one's place.
   */
  readonly traceparent?: string | undefined;
}

/** How a statement is run. */
export interface ExecuteOptions extends AttachOptions {
  /** Whether the statement only reads, so that running it twice does no harm. Default: judged by its words. */
  readonly readOnly?: boolean | undefined;
  /**
   * Asks the engine for a planner before the statement is prepared, and waits while it has none, five minutes at most:
   * `queued` events tell why. Costs a call. Default: false.
   */
  readonly awaitPlanner?: boolean | undefined;
  /** Catalog in which unqualified names are looked up. Default: the connection's. */
  readonly catalog?: string | undefined;
  /** Schema in which unqualified names are looked up. Default: the connection's. */
  readonly schema?: string | undefined;
}

/** How far rows are read ahead of whoever asks for them. */
export interface PrefetchOptions {
  /**
   * The next batches are asked for while fewer bytes than this wait for their reader: at most this, and one answer of the
   * engine beyond it, is in memory. 0: only what is asked for. Default: 8 MiB.
   */
  readonly prefetchBytes?: number | undefined;
}

/** Options of a query. */
export interface QueryOptions<D extends Dialect = "exact", Made = never>
  extends ExecuteOptions,
    ReadingOptions<D, Made> {}

/** How the rows of a query are read as they come. */
export interface ReadStreamOptions<D extends Dialect = "exact", Made = never>
  extends ReadingOptions<D, Made>,
    PrefetchOptions {}

/** Options of a query whose rows are read as they come. */
export interface StreamOptions<D extends Dialect = "exact", Made = never>
  extends QueryOptions<D, Made>,
    PrefetchOptions {}

/** Options of a cursor: how it reads the rows of each of its statements. */
export interface CursorOptions<D extends Dialect = "exact", Made = never>
  extends ReadingOptions<D, Made>,
    PrefetchOptions {}

const attachChecks: Checks = {
  ...limitChecks,
  onEvent: callable,
  traceparent: text,
};
const executeChecks: Checks = {
  ...attachChecks,
  ...placeChecks,
  readOnly: flag,
  awaitPlanner: flag,
};
const readingChecks: Checks = {
  // Which words there are, the reading itself checks.
  dialect: text,
  lossy: text,
  convert: [(value) => typeof value === "object" && value !== null, "an object of conversions"],
};
const prefetchChecks: Checks = {
  prefetchBytes: numberFrom(0, Number.MAX_SAFE_INTEGER),
};

const checksOf = {
  "query()": { ...executeChecks, ...readingChecks },
  "stream()": { ...executeChecks, ...readingChecks, ...prefetchChecks },
  "cursor()": { ...readingChecks, ...prefetchChecks },
  "execute()": executeChecks,
  "parameters()": { ...limitChecks, ...placeChecks },
  "submit()": executeChecks,
  "attach()": attachChecks,
  "SubmittedQuery.stream()": { ...readingChecks, ...prefetchChecks },
  "SubmittedQuery.result()": readingChecks,
} as const;

/** A call whose options {@link checkOptions} knows. */
export type CheckedCall = keyof typeof checksOf;

/** Checks the options of a call. Throws `INVALID_OPTION`, naming the option and the remedy. */
export function checkOptions(options: object, where: CheckedCall): void {
  checkAll(options, checksOf[where], where);
  resolveReading(options);
}
