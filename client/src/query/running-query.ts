import { E6Error } from "../error.ts";
import { abortError, onAbort } from "../transport/cancellation.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultMetadata } from "../wire/result-metadata.ts";
import { createBatchReader } from "./batch-reader.ts";
import { asQueryFailure } from "./interruption.ts";
import { type Pin, placeOf } from "./pin.ts";
import { type BatchQueue, prefetch } from "./prefetch.ts";
import type { QueryContext } from "./query-context.ts";
import { lastStep, type QueryStep } from "./query-event.ts";
import type { HandleOptions, QueryHandle } from "./query-handle.ts";
import type { QueryTerms } from "./query-plan.ts";
import { observed, readMetadata } from "./read-metadata.ts";
import { isSqlError } from "./submit.ts";

/**
 * A query that an engine has accepted, in the hands of one holder until it ends there: its last row is read, it fails, its
 * holder gives it back, or lets go of it while it goes on. Whatever ends it early ends it at the engine too.
 */
export class RunningQuery {
  readonly pin: Pin;
  readonly #context: QueryContext;
  readonly #terms: QueryTerms;
  /** Leaves off listening for the end of the connection. */
  readonly #unhold: () => void;
  /** Rows that have left the queue, and of them those that the caller has; those of earlier holders included. */
  #received: number;
  #delivered: number;
  /** How many readers wait for a batch: one that has left the queue is counted as received a moment later. */
  #waiting = 0;
  #isRead = false;
  #queue: BatchQueue | undefined;
  #complete = false;
  #detached = false;
  #failure: unknown;
  #released: Promise<void> | undefined;

  /** `rowsBefore`: how many rows were handed out before by others. */
  constructor(context: QueryContext, terms: QueryTerms, pin: Pin, rowsBefore = 0) {
    this.pin = pin;
    this.#context = context;
    this.#terms = terms;
    this.#received = rowsBefore;
    this.#delivered = rowsBefore;
    context.pins.hold(pin);
    const { signal } = terms.scope;
    // Between two calls nobody else would notice: neither that rows are no longer wanted, nor, once all have come, that the
    // connection is closed.
    this.#unhold = onAbort(context.closing, () => void this.#giveBack(!this.#complete));
    const leave = () => void this.#fail(abortError(signal));
    if (signal.aborted) leave();
    onAbort(signal, leave);
    terms.report?.({ type: "running" }, placeOf(pin));
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
  async read(prefetchBytes: number): Promise<ResultMetadata> {
    if (this.#isRead || this.#detached) throw misuse("the result is read already, or let go of", "attach to a handle");
    this.#isRead = true;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      const metadata = await readMetadata(this.#context, this.#terms, this.pin);
      const read = createBatchReader(this.#context, this.pin, metadata, this.#terms, this.#received);
      const bytes = this.#detached ? 0 : prefetchBytes;
      this.#queue = prefetch(observed(read, this.#terms, this.pin, metadata, this.#received), bytes);
      if (this.#detached) this.#queue.stop();
      return metadata;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** The next batch; nothing at the end. A failure ends the query at the engine too. */
  async next(): Promise<ResultBatch | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting++;
    try {
      const batch = await this.#queue?.next();
      this.#received += batch?.rowCount ?? 0;
      this.#complete = this.#queue?.hasEnded === true && batch === undefined;
      if (this.#complete) this.#settle({ type: "done", rows: this.#received });
      return batch;
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#waiting--;
    }
  }

  /** Notes that the caller has been handed rows of the batches that came. */
  deliver(rows: number): void {
    this.#delivered += rows;
  }

  /** Where the rest of the rows is to be had. Throws `INVALID_PARAMETER` where that cannot be said. */
  handle({ includeSessionSecret = false }: HandleOptions = {}): QueryHandle {
    const isOver = this.#complete || this.#failure !== undefined || this.#released !== undefined;
    if (!isOver && (this.#queue?.isBusy || this.#waiting > 0 || this.#received !== this.#delivered)) {
      throw misuse("rows that have come are not read yet: they would be lost", "detach(), and read to the end first");
    }
    if (isOver || this.#queue?.hasEnded) {
      throw misuse("the query has ended: there is nothing to attach to", "take the handle earlier");
    }
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
    if (this.#complete || this.#failure !== undefined || this.#released !== undefined) return;
    this.#detached = true;
    this.#unhold();
    this.#queue?.stop();
    this.#context.pins.release(this.pin);
    this.#settle({ type: "detached" });
  }

  /** Ends the query for its holder and at the engine, unless its last row has come. Resolves when the engine has answered. */
  async cancel(reason: E6Error): Promise<void> {
    this.#terms.scope.abort(reason);
    await this.#released;
  }

  /** Gives the query back to the engine, which stops it where rows are left. Resolves when the engine has answered. */
  async release(): Promise<void> {
    if (this.#complete) await this.#giveBack(false);
    else await this.cancel(leftError());
  }

  #fail(error: unknown): unknown {
    if (this.#failure === undefined) {
      const { readOnly } = this.#terms;
      this.#failure = asQueryFailure(error, { pin: this.pin, readOnly, rowsDelivered: this.#delivered });
      this.#settle(lastStep(this.#failure));
      if (!this.#detached) void this.#giveBack(!isSqlError(this.#failure));
    }
    return this.#failure;
  }

  #giveBack(cancel: boolean): Promise<void> {
    this.#unhold();
    const { releases, pins } = this.#context;
    this.#released ??= releases.start(this.pin, cancel).finally(() => pins.release(this.pin));
    return this.#released;
  }

  #settle(step: QueryStep): void {
    this.#terms.scope.end();
    this.#terms.report?.(step, placeOf(this.pin));
  }
}

function misuse(what: string, hint: string): E6Error {
  return new E6Error("INVALID_PARAMETER", what, { hint });
}

function leftError(): E6Error {
  return new E6Error("CLOSED", "the result was given back before its last row");
}
