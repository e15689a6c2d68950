import { E6Error } from "../error.ts";
import type { Strategy } from "../headers.ts";
import type { Dialect, DialectValues } from "../result/dialect.ts";
import { createRowReader } from "../result/row-reader.ts";
import { abortError } from "../transport/cancellation.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { StreamOptions } from "./query-options.ts";
import type { QueryPlan } from "./query-plan.ts";
import { defaultPrefetchBytes, type RunningQuery, startQuery } from "./running-query.ts";

/**
 * A result that is read as it comes, once, in one of three ways: its rows by `for await (const row of stream)`, as objects, or
 * batch by batch. A batch leaves memory when it is handed over.
 *
 * Leaving the loop, by `break` or by an error, stops the query at the engine, and so do `close()` and `await using`.
 */
export interface QueryStream<D extends Dialect = "exact", Made = never>
  extends AsyncIterable<(DialectValues[D] | Made)[]>,
    AsyncDisposable {
  /** The columns, in their order. */
  readonly fields: readonly ResultField[];
  /** Rows of the whole result; negative where the engine does not know. */
  readonly rowCount: number;
  /** The engine's id of the query. */
  readonly queryId: string;
  /** The stack that answers. */
  readonly strategy: Strategy;
  /** The rows as objects, by the columns' unique names. */
  objects(): AsyncIterable<Record<string, DialectValues[D] | Made>>;
  /** The batches as they came, for their columns and for `toNdjson()` and `toCsv()`. */
  batches(): AsyncIterable<ResultBatch>;
  /** Stops the query where rows are left. Resolves when the engine has answered, after some seconds at most. */
  close(): Promise<void>;
}

/** Starts a query and resolves when its columns are known; its first rows are on their way then. */
export async function openStream<D extends Dialect, Made>(
  context: QueryContext,
  plan: QueryPlan,
  options: StreamOptions<D, Made>,
): Promise<QueryStream<D, Made>> {
  let delivered = 0;
  const query = await startQuery(context, plan, options.prefetchBytes ?? defaultPrefetchBytes, () => delivered);
  const { fields, rowCount } = query.metadata;
  const { signal } = plan.scope;
  const batches = readOnce(query, (rows) => {
    delivered += rows;
  });
  const reader = createRowReader(fields, options);
  const close = () => query.release();
  return {
    fields,
    rowCount,
    ...placeOf(query.pin),
    [Symbol.asyncIterator]: () => spread(batches(), reader.iterate, signal),
    objects: () => spread(batches(), reader.iterateObjects, signal),
    batches,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * The batches of a query, for one reader; whatever ends the reading gives the query back. Not a generator: one that is
 * left before its first batch would never hear of it.
 */
function readOnce(query: RunningQuery, onDelivery: (rows: number) => void): () => AsyncIterableIterator<ResultBatch> {
  let taken = false;
  return () => {
    if (taken) {
      throw new E6Error("INVALID_PARAMETER", "the stream is read already", {
        hint: "read a stream once; query() keeps its rows",
      });
    }
    taken = true;
    let ended = false;
    const end = (): IteratorReturnResult<undefined> => {
      ended = true;
      void query.release();
      return { done: true, value: undefined };
    };
    return {
      async next() {
        if (ended) {
          return end();
        }
        try {
          const batch = await query.next();
          if (batch === undefined) {
            return end();
          }
          onDelivery(batch.rowCount);
          return { done: false, value: batch };
        } catch (error) {
          end();
          throw error;
        }
      },
      return: () => Promise.resolve(end()),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}

/** What each batch holds, one after the other. An abort ends it at once, not only when the batch is done. */
async function* spread<Item>(
  batches: AsyncIterable<ResultBatch>,
  read: (batch: ResultBatch) => Iterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  for await (const batch of batches) {
    for (const item of read(batch)) {
      if (signal.aborted) throw abortError(signal);
      yield item;
    }
  }
}
