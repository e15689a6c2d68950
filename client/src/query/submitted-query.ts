import { E6Error } from "../error.ts";
import type { Strategy } from "../headers.ts";
import type { Dialect } from "../result/dialect.ts";
import type { QueryResult } from "../result/query-result.ts";
import type { ReadingOptions } from "../result/reading-options.ts";
import type { CallLimits } from "../transport/call-limits.ts";
import { type QueryStatus, queryStatus } from "./insight.ts";
import type { QueryContext } from "./query-context.ts";
import { checkHandleOptions, type HandleOptions, type QueryHandle } from "./query-handle.ts";
import { checkOptions, type ReadStreamOptions } from "./query-options.ts";
import { type QueryStream, streamOf } from "./query-stream.ts";
import { readAll } from "./read-all.ts";
import type { RunningQuery } from "./running-query.ts";

/**
 * A query that an engine has accepted and whose rows nobody has asked for yet: to be read here, by `stream()` or `result()`, once;
 * or by another tab, after a reload, in another isolate, by its `handle()` and `Connection.attach()`.
 *
 * The end of its connection, `cancel()` and `await using` end it at the engine; a page that is gone does not.
 */
export interface SubmittedQuery extends AsyncDisposable {
  /** The engine's id of the query: another one where it had to begin again, which it does no more once a handle was taken. */
  readonly queryId: string;
  /** The stack that the query lives on, likewise. */
  readonly strategy: Strategy;
  /**
   * What `attach()` needs to go on with the query. Throws `INVALID_PARAMETER` once it has ended, and while rows that have come
   * are not read: `detach()`, read to the end, and take the handle then.
   */
  handle(options?: HandleOptions): QueryHandle;
  /** Asks the engine how far the query is. */
  status(limits?: CallLimits): Promise<QueryStatus>;
  /** Reads the rows as they come; resolves when the columns are known. */
  stream<D extends Dialect = "exact", Made = never>(
    options?: ReadStreamOptions<D, Made>,
  ): Promise<QueryStream<D, Made>>;
  /** Reads the whole result. */
  result<D extends Dialect = "exact", Made = never>(options?: ReadingOptions<D, Made>): Promise<QueryResult<D, Made>>;
  /** Stops the query at the engine, unless its last row has been read: what waits for it rejects with `CANCELLED`. */
  cancel(): Promise<void>;
  /**
   * Lets go of the query: from here on nothing that happens to this object, its limits or its connection ends it at the engine.
   * A stream over it hands out what had come, and ends.
   */
  detach(): void;
}

/** Hands a query out that nobody reads yet. */
export function createSubmittedQuery(context: QueryContext, query: RunningQuery): SubmittedQuery {
  return {
    get queryId() {
      return query.pin.queryId;
    },
    get strategy() {
      return query.pin.route.strategy;
    },
    handle: (options = {}) => query.handle(checkHandleOptions(options)),
    status: (limits) => queryStatus(context, query, limits),
    async stream(options = {}) {
      checkOptions(options, "SubmittedQuery.stream()");
      return await streamOf(query, options);
    },
    async result(options = {}) {
      checkOptions(options, "SubmittedQuery.result()");
      return await readAll(query, options);
    },
    cancel: () => query.cancel(new E6Error("CANCELLED", "cancelled by its caller")),
    detach: () => query.detach(),
    [Symbol.asyncDispose]: () => query.release(),
  };
}
