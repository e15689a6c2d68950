import { E6Error, isE6Error } from "../error.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import { failureOf } from "../session/recovery.ts";
import { abortError, onAbort } from "../transport/cancellation.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultMetadata } from "../wire/result-metadata.ts";
import { createBatchReader } from "./batch-reader.ts";
import { type Pin, placeOf } from "./pin.ts";
import { type BatchQueue, prefetch } from "./prefetch.ts";
import type { QueryContext } from "./query-context.ts";
import { lastStep, type QueryStep } from "./query-event.ts";
import type { HandleOptions, QueryHandle } from "./query-handle.ts";
import type { QueryTerms } from "./query-plan.ts";
import { observed, readMetadata } from "./read-metadata.ts";
import type { Submission } from "./submission.ts";

/** How the rows of a query are read. */
export interface ReadTerms {
  /** Batches are read ahead while fewer bytes than this wait. */
  readonly prefetchBytes: number;
  /**
   * Lets go of the batches that {@link RunningQuery.next} gave, none of which a caller has: they will come once more. Without it, what
   * was given is the caller's.
   */
  readonly drop?: () => void;
  /** True if the columns of the result are known to nobody before its last row has come: another time they may be others. */
  readonly mayColumnsChange?: boolean;
}

/**
 * A query that an engine has accepted, in the hands of one holder until it ends there: its last row is read, it fails, its
 * holder gives it back, or lets go of it while it goes on. Whatever ends it early ends it at the engine too. As long as its holder has
 * none of its rows, it may become another query, which begins again where the first was lost.
 */
export class RunningQuery {
  readonly #context: QueryContext;
  readonly #terms: QueryTerms;
  readonly #submission: Submission;
  readonly #rowsBefore: number;
  /** Leaves off listening for the end of the connection. */
  readonly #unhold: () => void;
  /** Rows that have left the queue, and of them those that the caller has; those of earlier holders included. */
  #received: number;
  #delivered: number;
  /** How many readers wait for a batch: one that has left the queue is counted as received a moment later. */
  #waiting = 0;
  /** The reader who has to be served before the next one. */
  #turn: Promise<unknown> = Promise.resolve();
  #reading: ReadTerms | undefined;
  #metadata: ResultMetadata | undefined;
  #queue: BatchQueue | undefined;
  #complete = false;
  #detached = false;
  /** True once somebody else may hold on to the query as it is, or to batches of it. */
  #isShared = false;
  #failure: unknown;

  /** `rowsBefore`: how many rows were handed out before by others. */
  constructor(context: QueryContext, terms: QueryTerms, submission: Submission, rowsBefore = 0) {
    this.#context = context;
    this.#terms = terms;
    this.#submission = submission;
    this.#rowsBefore = this.#received = this.#delivered = rowsBefore;
    const { signal } = terms.scope;
    // Between two calls nobody else would notice: neither that rows are no longer wanted, nor, once all have come, that the
    // connection is closed.
    this.#unhold = onAbort(context.closing, () => void this.#giveBack(!this.#complete));
    const leave = () => void this.#fail(abortError(signal));
    if (signal.aborted) leave();
    onAbort(signal, leave);
    submission.mayRestart = () => this.#mayRestart();
    submission.onRestart = () => this.#restart();
  }

  /** Where the query lives, or lived last. */
  get pin(): Pin {
    const { pin } = this.#submission;
    if (pin === undefined) throw new Error("a query runs without having been prepared");
    return pin;
  }

  /** What is known of the result; nothing before {@link read}. Another one where the query has begun again. */
  get metadata(): ResultMetadata | undefined {
    return this.#metadata;
  }

  /** Rows that the caller was handed so far, and those before it. */
  get rowsDelivered(): number {
    return this.#delivered;
  }

  /** True once the last row has come. */
  get isComplete(): boolean {
    return this.#complete;
  }

  /** Why the query has ended early; nothing while it has not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Asks for the columns; from then on batches are read ahead. For one reader, once. */
  async read(terms: ReadTerms): Promise<ResultMetadata> {
    if (this.#reading !== undefined || this.#detached) {
      throw invalidParameter("the result is read already", "attach to a handle");
    }
    this.#reading = terms;
    return await this.#persist(() => this.#open(terms));
  }

  /** The next batch; nothing at the end. A failure ends the query at the engine too. */
  async next(): Promise<ResultBatch | undefined> {
    const turn = this.#turn.then(() => this.#persist(() => this.#next()));
    this.#turn = turn.catch(() => undefined);
    this.#waiting++;
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Gives the memory of the batch back that came last, which was read and which nobody keeps; unless a caller may have a batch beside it. */
  freeBatch(batch: ResultBatch): void {
    if (!this.#isShared) this.#queue?.free(batch);
  }

  /** Notes that the caller has been handed rows of the batches that came. */
  deliver(rows: number): void {
    this.#delivered += rows;
  }

  /** Where the rest of the rows is to be had. Throws `INVALID_PARAMETER` where that cannot be said. */
  handle({ includeSessionSecret = false }: HandleOptions = {}): QueryHandle {
    const isOver = this.#complete || this.#failure !== undefined || this.#submission.released !== undefined;
    if (!isOver && (this.#queue?.isBusy || this.#waiting > 0 || this.#received !== this.#delivered)) {
      throw invalidParameter("rows that have come are not read yet", "detach(), and read to the end first");
    }
    if (isOver || this.#queue?.hasEnded) {
      throw invalidParameter("the query has ended: there is nothing to attach to", "take the handle earlier");
    }
    this.#isShared = true;
    const { queryId, request, route } = this.pin;
    const { id } = route.session;
    return {
      version: 1,
      queryId,
      engineIP: request.engineIP,
      strategy: route.strategy,
      readOnly: this.#terms.readOnly,
      rowsDelivered: this.#delivered,
      ...(includeSessionSecret && id !== "" && { sessionId: id }),
    };
  }

  /** Lets go of the query, which stays at the engine whatever happens here. Asks for no more rows; what has come is still handed out. */
  detach(): void {
    if (this.#complete || this.#failure !== undefined || this.#submission.released !== undefined) return;
    this.#detached = true;
    this.#unhold();
    this.#queue?.stop();
    this.#submission.letGo();
    this.#settle({ type: "detached" });
  }

  /** Ends the query for its holder and at the engine, unless its last row has come. Resolves when the engine has answered. */
  async cancel(reason: E6Error): Promise<void> {
    this.#terms.scope.abort(reason);
    await this.#submission.released;
  }

  /** Gives the query back to the engine, which stops it where rows are left. Resolves when the engine has answered. */
  async release(): Promise<void> {
    if (this.#complete) await this.#giveBack(false);
    else await this.cancel(leftError());
  }

  /** From now on what {@link next} gives is the caller's. */
  handOver(): void {
    this.#isShared = true;
  }

  /** Takes a step of the query's work. Its failure is that of the query. */
  async #persist<T>(step: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.#context.access.persist(this.#submission.work, step);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #open({ prefetchBytes, mayColumnsChange }: ReadTerms): Promise<ResultMetadata> {
    const submission = this.#submission;
    await submission.advance();
    const { pin } = this;
    submission.work.enter("read", pin.route);
    const metadata = await readMetadata(this.#context, this.#terms, pin);
    if (this.#metadata !== undefined && !mayColumnsChange && !haveSameColumns(this.#metadata, metadata)) {
      throw columnsError();
    }
    this.#metadata = metadata;
    const onAsk = () => submission.work.enter("fetch", pin.route);
    const read = createBatchReader(this.#context, pin, metadata, this.#terms, this.#rowsBefore, onAsk);
    const bytes = this.#detached ? 0 : prefetchBytes;
    const { turn } = this.#context.runtime;
    this.#queue = prefetch(observed(read, this.#terms, pin, metadata, this.#rowsBefore), bytes, turn);
    if (this.#detached) this.#queue.stop();
    return metadata;
  }

  async #next(): Promise<ResultBatch | undefined> {
    if (this.#queue === undefined && this.#reading !== undefined) await this.#open(this.#reading);
    // What would lead to another query is of no use when rows of this one have been given.
    const batch = await this.#queue?.next(
      (error) => isE6Error(error) && failureOf(error) !== "final" && this.#mayRestart(),
    );
    // Its caller may have left since it came.
    if (this.#failure !== undefined) throw this.#failure;
    if (batch !== undefined) this.#submission.work.budget.renew();
    this.#received += batch?.rowCount ?? 0;
    this.#complete = this.#queue?.hasEnded === true && batch === undefined;
    if (this.#complete) this.#settle({ type: "done", rows: this.#received });
    return batch;
  }

  #mayRestart(): boolean {
    const hasRows = this.#reading?.drop === undefined ? this.#queue?.isBegun : this.#delivered > this.#rowsBefore;
    return hasRows !== true && !this.#isShared && !this.#detached;
  }

  #restart(): void {
    this.#queue?.stop();
    this.#queue = undefined;
    this.#received = this.#rowsBefore;
    this.#reading?.drop?.();
  }

  #fail(error: unknown): unknown {
    if (this.#failure === undefined) {
      this.#failure = this.#submission.fail(error, this.#delivered);
      this.#unhold();
      this.#settle(lastStep(this.#failure));
    }
    return this.#failure;
  }

  #giveBack(cancel: boolean): Promise<void> {
    this.#unhold();
    return this.#submission.giveBack(cancel);
  }

  #settle(step: QueryStep): void {
    this.#terms.scope.end();
    this.#terms.report?.(step, placeOf(this.pin));
  }
}

function haveSameColumns(one: ResultMetadata, other: ResultMetadata): boolean {
  return JSON.stringify(one.fields) === JSON.stringify(other.fields);
}

function columnsError(): E6Error {
  return new E6Error("RESULT_INTERRUPTED", "the query began again, with other columns", {
    retryable: true,
    hint: "run the query again",
  });
}

function leftError(): E6Error {
  return new E6Error("CLOSED", "the result was given back before its last row");
}
