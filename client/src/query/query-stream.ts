import type { Strategy } from "../headers.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import type { Dialect, DialectValues } from "../result/dialect.ts";
import { createRowReader } from "../result/row-reader.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { checkHandleOptions, type HandleOptions, type QueryHandle } from "./query-handle.ts";
import type { ReadStreamOptions } from "./query-options.ts";
import type { RunningQuery } from "./running-query.ts";
import { defaultPrefetchBytes } from "./start-query.ts";

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
  /** The engine's id of the query: another one where the query had to begin again before its first row. */
  readonly queryId: string;
  /** The stack that answers, likewise. */
  readonly strategy: Strategy;
  /** The rows as objects, by the columns' unique names. */
  objects(): AsyncIterable<Record<string, DialectValues[D] | Made>>;
  /** The batches as they came, for their columns and for `toNdjson()` and `toCsv()`. */
  batches(): AsyncIterable<ResultBatch>;
  /**
   * What `Connection.attach()` needs to go on with the rows behind those that were handed out. Throws `INVALID_PARAMETER` once the
   * stream has ended, and while rows that have come are not read: they would be lost. Read with `prefetchBytes: 0` that is
   * between two answers of the engine; at any other time `detach()`, read to the end, and take the handle then.
   */
  handle(options?: HandleOptions): QueryHandle;
  /**
   * Lets go of the query, which stays at the engine: nothing that happens to this stream, its limits or its connection ends it
   * there from here on. The stream asks for no more rows, hands out those that have come, and ends.
   */
  detach(): void;
  /** Stops the query where rows are left. Resolves when the engine has answered, after some seconds at most. */
  close(): Promise<void>;
}

/** Opens a stream over a query; resolves when its columns are known. Its first rows are on their way then. */
export async function streamOf<D extends Dialect, Made>(
  query: RunningQuery,
  options: ReadStreamOptions<D, Made>,
): Promise<QueryStream<D, Made>> {
  const metadata = await query.read({ prefetchBytes: options.prefetchBytes ?? defaultPrefetchBytes });
  const { fields } = metadata;
  const takeBatches = readOnce(query);
  const reader = createRowReader(fields, options);
  const close = () => query.release();
  return {
    fields,
    get rowCount() {
      return (query.metadata ?? metadata).rowCount;
    },
    get queryId() {
      return query.pin.queryId;
    },
    get strategy() {
      return query.pin.route.strategy;
    },
    [Symbol.asyncIterator]: () => spread(query, takeBatches(), reader.iterate),
    objects: () => spread(query, takeBatches(), reader.iterateObjects),
    batches: () => takeBatches((batch) => query.deliver(batch.rowCount)),
    handle: (handleOptions = {}) => query.handle(checkHandleOptions(handleOptions)),
    detach: () => query.detach(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * The batches of a query, for one reader; whatever ends the reading gives the query back. Not a generator: one that is
 * left before its first batch would never hear of it.
 */
function readOnce(query: RunningQuery) {
  let taken = false;
  return (onDelivery: (batch: ResultBatch) => void = () => undefined): AsyncIterableIterator<ResultBatch> => {
    if (taken) {
      throw invalidParameter("the stream is read already", "read a stream once; query() keeps its rows");
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
          onDelivery(batch);
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

/**
 * What each batch holds, one after the other. An abort ends it at once, not only when the batch is done. Not a generator: of an item
 * that is there already it makes a promise, and nothing else; a generator takes three times as long.
 */
function spread<Item>(
  query: RunningQuery,
  batches: AsyncIterableIterator<ResultBatch>,
  read: (batch: ResultBatch) => Iterable<Item>,
): AsyncIterableIterator<Item> {
  let items: Iterator<Item> | undefined;
  /** The batch that they are read from. */
  let held: ResultBatch | undefined;
  let ended = false;
  let loading: Promise<unknown> | undefined;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    ended = true;
    // The reason by which the query ends remembers who was at work then, and so would keep the last batch alive.
    items = held = undefined;
    await batches.return?.();
    return { done: true, value: undefined };
  };
  const fail = async (error: unknown): Promise<never> => {
    await end();
    throw error;
  };
  /** The next item of the batch at hand; nothing behind its last one. */
  const take = (): IteratorYieldResult<Item> | undefined => {
    if (query.failure !== undefined) throw query.failure;
    const item = items?.next();
    if (item === undefined || item.done === true) return undefined;
    query.deliver(1);
    return item;
  };
  const load = async (): Promise<IteratorResult<Item>> => {
    try {
      for (;;) {
        if (held !== undefined) query.freeBatch(held);
        const batch = await batches.next();
        if (batch.done === true) return await end();
        held = batch.value;
        items = read(held)[Symbol.iterator]();
        const item = take();
        if (item !== undefined) return item;
      }
    } catch (error) {
      return await fail(error);
    } finally {
      loading = undefined;
    }
  };
  const next = (): Promise<IteratorResult<Item>> => {
    // Who asks while a batch is on its way takes the turn behind.
    if (loading !== undefined) return loading.then(next, next);
    if (ended) return end();
    try {
      const item = take();
      if (item !== undefined) return Promise.resolve(item);
    } catch (error) {
      return fail(error);
    }
    const loaded = load();
    loading = loaded;
    return loaded;
  };
  return {
    next,
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
