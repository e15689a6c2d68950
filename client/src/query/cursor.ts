import { E6Error, isE6Error, withDetails } from "../error.ts";
import type { Strategy } from "../headers.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import type { Dialect, DialectValues } from "../result/dialect.ts";
import { joinArrays } from "../result/join-arrays.ts";
import { createRowReader } from "../result/row-reader.ts";
import type { Params } from "../sql/bind-statement.ts";
import type { CallLimits } from "../transport/call-limits.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { explainQuery, profileQuery, type QueryProfile, type QueryStatus, queryStatus } from "./insight.ts";
import type { QueryContext } from "./query-context.ts";
import { beforeQuery } from "./query-event.ts";
import { checkHandleOptions, type HandleOptions, type QueryHandle } from "./query-handle.ts";
import type { CursorOptions, ExecuteOptions } from "./query-options.ts";
import { planQuery, type QueryPlan, type Statement } from "./query-plan.ts";
import type { RunningQuery } from "./running-query.ts";
import { defaultPrefetchBytes, startQuery } from "./start-query.ts";

/**
 * Runs statements one after the other and hands out their rows on demand. `execute()` ends what ran before. Calls that fetch
 * take turns. At the end `close()`, or `await using`.
 */
export interface Cursor<D extends Dialect = "exact", Made = never> extends AsyncDisposable {
  /** The columns of the result; nothing before `execute()` and after `clear()`. */
  readonly description: readonly ResultField[] | undefined;
  /** Rows of the whole result, negative where the engine does not know; nothing while there is no result. */
  readonly rowCount: number | undefined;
  /** The engine's id of the query; nothing while there is no result. */
  readonly queryId: string | undefined;
  /** The stack that answers; nothing while there is no result. */
  readonly strategy: Strategy | undefined;
  /** Runs a statement; resolves when its columns are known. While one is being run, no other may begin. */
  execute(statement: Statement, params?: Params, options?: ExecuteOptions): Promise<void>;
  /**
   * Runs a statement once for each set of values, one after the other, each to the end of its result; the rows of the last can be
   * fetched. Ends at the first failure, whose `paramsIndex` tells the set: those before it were run. Limits hold for each run.
   */
  executeMany(statement: string, paramSets: Iterable<Params>, options?: ExecuteOptions): Promise<void>;
  /** The next row; nothing after the last. */
  fetchOne(): Promise<(DialectValues[D] | Made)[] | undefined>;
  /** The next rows: fewer than `count` only at the end. Default: 1000. */
  fetchMany(count?: number): Promise<(DialectValues[D] | Made)[][]>;
  /** All rows that are left. */
  fetchAll(): Promise<(DialectValues[D] | Made)[][]>;
  /** The batches that are left, where no batch is half read. Leaving the loop early gives the query back. */
  batches(): AsyncIterable<ResultBatch>;
  /** Asks the engine how far the query is. */
  status(limits?: CallLimits): Promise<QueryStatus>;
  /** The engine's plan of the query. */
  explain(limits?: CallLimits): Promise<string>;
  /** What the engine measured while it ran the query. */
  explainAnalyze(limits?: CallLimits): Promise<QueryProfile>;
  /** Stops the statement at the engine, also one that is still being run: what waits for it rejects with `CANCELLED`. */
  cancel(): Promise<void>;
  /**
   * What `Connection.attach()` needs to go on with the rows behind those that were fetched. Throws `INVALID_PARAMETER` where there is
   * no result or its last row was fetched, and while rows that have come are not: `detach()` and `fetchAll()` first.
   */
  handle(options?: HandleOptions): QueryHandle;
  /** Lets go of the result, which stays at the engine whatever happens here; only rows that have come can still be fetched. */
  detach(): void;
  /** Gives the query back to the engine, which stops it where rows are left. The cursor can be used again. */
  clear(): Promise<void>;
  /** Clears, and ends the cursor: what is called afterwards rejects with `CLOSED`. Closing twice is closing once. */
  close(): Promise<void>;
}

/** Makes a cursor; nothing is sent yet. */
export function createCursor<D extends Dialect, Made>(
  context: QueryContext,
  options: CursorOptions<D, Made>,
): Cursor<D, Made> {
  return new StatementCursor(context, options);
}

/** A result that is open, and how far its rows were handed out. */
interface OpenResult<Row> {
  readonly query: RunningQuery;
  readonly fields: readonly ResultField[];
  readonly read: (batch: ResultBatch) => readonly Row[];
  rows: readonly Row[];
  position: number;
  /** Rows that a fetch has gathered so far, batch by batch; nobody has them before it ends. */
  taken: Row[][];
  takenRows: number;
}

class StatementCursor<D extends Dialect, Made> implements Cursor<D, Made> {
  readonly #context: QueryContext;
  readonly #options: CursorOptions<D, Made>;
  #plan: QueryPlan | undefined;
  #open: OpenResult<(DialectValues[D] | Made)[]> | undefined;
  #executing: Promise<void> | undefined;
  #closed = false;
  /** The fetch that has to end before the next may begin. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: QueryContext, options: CursorOptions<D, Made>) {
    this.#context = context;
    this.#options = options;
  }

  get description() {
    return this.#open?.fields;
  }

  get rowCount() {
    return this.#open?.query.metadata?.rowCount;
  }

  get queryId() {
    return this.#open?.query.pin.queryId;
  }

  get strategy() {
    return this.#open?.query.pin.route.strategy;
  }

  async execute(statement: Statement, params?: Params, options: ExecuteOptions = {}): Promise<void> {
    beforeQuery(options, () => {
      this.#assertOpen();
      if (this.#executing !== undefined) {
        throw invalidParameter("the cursor is running a statement", "wait for execute(), or cancel() first");
      }
    });
    this.#executing = this.#start(statement, params, options).finally(() => {
      this.#executing = undefined;
    });
    await this.#executing;
  }

  async executeMany(statement: string, paramSets: Iterable<Params>, options?: ExecuteOptions): Promise<void> {
    let index = 0;
    try {
      for (const params of paramSets) {
        if (index > 0) await drain(this.#result());
        await this.execute(statement, params, options);
        index++;
      }
    } catch (error) {
      throw isE6Error(error) ? withDetails(error, { paramsIndex: index }) : error;
    }
  }

  async fetchOne() {
    return (await this.#fetch(1))[0];
  }

  async fetchMany(count = 1000) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw invalidParameter("fetchMany() was not given a whole number", "pass a number of rows, or call fetchAll()");
    }
    return await this.#fetch(count);
  }

  async fetchAll() {
    return await this.#fetch(Number.POSITIVE_INFINITY);
  }

  async *batches() {
    const { query, rows, position } = this.#result();
    query.handOver();
    if (position < rows.length) {
      throw invalidParameter("a batch is half read", "fetch its rows first");
    }
    let complete = false;
    try {
      for (let batch = await query.next(); batch !== undefined; batch = await query.next()) {
        query.deliver(batch.rowCount);
        yield batch;
      }
      complete = true;
    } finally {
      if (!complete) void query.release();
    }
  }

  async status(limits?: CallLimits) {
    return await queryStatus(this.#context, this.#result().query, limits);
  }

  async explain(limits?: CallLimits) {
    return await explainQuery(this.#context, this.#result().query, limits);
  }

  async explainAnalyze(limits?: CallLimits) {
    return await profileQuery(this.#context, this.#result().query, limits);
  }

  handle(options: HandleOptions = {}) {
    return this.#result().query.handle(checkHandleOptions(options));
  }

  detach(): void {
    this.#open?.query.detach();
  }

  async cancel(): Promise<void> {
    const plan = this.#plan;
    plan?.scope.abort(new E6Error("CANCELLED", "cancelled by its cursor"));
    await this.#executing?.catch(() => undefined);
    // Without a row left there was nothing to stop, and the result stays.
    if (plan?.scope.signal.aborted) await this.#open?.query.release();
  }

  async clear(): Promise<void> {
    if (this.#executing !== undefined) await this.cancel();
    const open = this.#open;
    this.#open = undefined;
    await open?.query.release();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(statement: Statement, params: Params | undefined, options: ExecuteOptions): Promise<void> {
    const plan = planQuery(this.#context, "execute()", statement, params, options);
    this.#plan = plan;
    const former = this.#open;
    this.#open = undefined;
    void former?.query.release();
    const query = await startQuery(this.#context, plan);
    let open: OpenResult<(DialectValues[D] | Made)[]> | undefined;
    const { fields } = await query.read({
      prefetchBytes: this.#options.prefetchBytes ?? defaultPrefetchBytes,
      drop() {
        if (open !== undefined) Object.assign(open, { rows: [], position: 0, taken: [], takenRows: 0 });
      },
    });
    const { rows: read } = createRowReader(fields, this.#options);
    open = { query, fields, read, rows: [], position: 0, taken: [], takenRows: 0 };
    this.#open = open;
  }

  #fetch(count: number): Promise<(DialectValues[D] | Made)[][]> {
    const fetched = this.#turn.then(() => take(this.#result(), count));
    // The turn's end, not its rows: those are the caller's.
    this.#turn = fetched.then(
      () => undefined,
      () => undefined,
    );
    return fetched;
  }

  #result() {
    this.#assertOpen();
    if (this.#open === undefined) {
      throw invalidParameter("the cursor has no result", "execute() a statement first");
    }
    return this.#open;
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new E6Error("CLOSED", "the cursor is closed", { hint: "open another one" });
    }
  }
}

/** Reads on to the end of a result, keeping nothing. */
async function drain({ query }: OpenResult<unknown>): Promise<void> {
  while ((await query.next()) !== undefined);
}

async function take<Row>(open: OpenResult<Row>, count: number): Promise<Row[]> {
  Object.assign(open, { taken: [], takenRows: 0 });
  while (open.takenRows < count) {
    if (open.position === open.rows.length) {
      const batch = await open.query.next();
      open.rows = batch === undefined ? [] : open.read(batch);
      open.position = 0;
      if (batch === undefined) break;
      open.query.freeBatch(batch);
    }
    const part = open.rows.slice(open.position, open.position + count - open.takenRows);
    open.position += part.length;
    open.takenRows += part.length;
    open.taken.push(part);
  }
  const rows = joinArrays(open.taken);
  // Whoever has them lets go of them as he likes.
  open.taken = [];
  open.query.deliver(rows.length);
  return rows;
}
