import { E6Error, isE6Error } from "../error.ts";
import { getResultMetadata } from "../gen/e6x_engine_tables.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { abortError } from "../transport/cancellation.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import { type ResultMetadata, readResultMetadata } from "../wire/result-metadata.ts";
import { awake } from "./awake.ts";
import { type BatchReader, createBatchReader } from "./batch-reader.ts";
import { asQueryFailure } from "./interruption.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import { prefetch } from "./prefetch.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryStep } from "./query-event.ts";
import type { QueryPlan } from "./query-plan.ts";
import { isSqlError, submit } from "./submit.ts";
import { watchProgress } from "./watch-progress.ts";

/** A query that an engine has accepted, up to the last of its rows. */
export interface RunningQuery {
  readonly pin: Pin;
  readonly metadata: ResultMetadata;
  /** The next batch; nothing at the end. A failure ends the query at the engine too. */
  next(): Promise<ResultBatch | undefined>;
  /** Gives the query back to the engine, which stops it where rows are left. Resolves when the engine has answered. */
  release(): Promise<void>;
}

/** What is read ahead where the caller does not say. */
export const defaultPrefetchBytes = 8 * 1024 * 1024;

/** Ends a query for its caller: once, whatever comes first. */
type Settle = (step: QueryStep, pin?: Pin) => void;

/**
 * The road of a query up to its rows: prepare and execute on the active stack, then metadata and batches from where it was
 * prepared. Whatever ends the query early ends it at the engine too. `delivered` tells how many rows the caller has by then.
 */
export async function startQuery(
  context: QueryContext,
  plan: QueryPlan,
  prefetchBytes: number,
  delivered: () => number,
): Promise<RunningQuery> {
  const { scope, report } = plan;
  let settled = false;
  const settle: Settle = (step, pin) => {
    if (settled) return;
    settled = true;
    scope.end();
    report?.(step, pin && placeOf(pin));
  };
  try {
    // On the route: from prepare to clear every call of the query follows it.
    const submitOn = (route: SessionRoute) => submit(context, plan, { ...route, traceparent: plan.traceparent });
    const pin = await context.access.run(submitOn, scope.signal, report);
    return await followQuery(context, plan, pin, prefetchBytes, delivered, settle);
  } catch (error) {
    settle(lastStep(error));
    throw error;
  }
}

async function followQuery(
  context: QueryContext,
  plan: QueryPlan,
  pin: Pin,
  prefetchBytes: number,
  delivered: () => number,
  settle: Settle,
): Promise<RunningQuery> {
  const { scope } = plan;
  let rows = 0;
  let complete = false;
  let released: Promise<void> | undefined;
  const unheld = new AbortController();

  const giveBack = (cancel: boolean) => {
    unheld.abort();
    released ??= context.releases.start(pin, cancel);
    return released;
  };
  const fail = (error: unknown) => {
    const failure = asQueryFailure(error, "fetch", pin, plan.readOnly, delivered());
    settle(lastStep(failure), pin);
    void giveBack(!isSqlError(failure));
    return failure;
  };
  // Between two calls nobody else would notice: neither that rows are no longer wanted, nor, once all have come, that the
  // connection is closed.
  scope.signal.addEventListener("abort", () => fail(abortError(scope.signal)), { once: true });
  context.closing.addEventListener("abort", () => giveBack(!complete), { signal: unheld.signal });
  try {
    const metadata = await readMetadata(context, plan, pin);
    const queue = prefetch(
      observed(createBatchReader(context, pin, metadata, plan), plan, pin, metadata),
      prefetchBytes,
    );
    return {
      pin,
      metadata,
      async next() {
        if (complete) return undefined;
        if (scope.signal.aborted) throw abortError(scope.signal);
        try {
          const batch = await queue();
          rows += batch?.rowCount ?? 0;
          complete = batch === undefined;
          if (complete) settle({ type: "done", rows }, pin);
          return batch;
        } catch (error) {
          throw fail(error);
        }
      },
      release() {
        if (released === undefined && !complete) scope.abort(leftError(pin));
        return giveBack(false);
      },
    };
  } catch (error) {
    throw fail(error);
  }
}

/** Waits until the engine knows the result's columns and count, telling a listener meanwhile how far it is. */
async function readMetadata(context: QueryContext, plan: QueryPlan, pin: Pin): Promise<ResultMetadata> {
  const { scope, report, watched } = plan;
  report?.({ type: "running" }, placeOf(pin));
  const stop = report && watched ? watchProgress(context, pin, scope, report) : undefined;
  try {
    const ask = () => context.call(getResultMetadata, pin.request, onPin(pin, scope));
    const { resultMetaData } = await awake(context, plan, pin, ask);
    return readResultMetadata(resultMetaData, { maxBytes: context.settings.maxMessageBytes });
  } finally {
    stop?.();
  }
}

/** A reader whose answers a listener hears of. */
function observed(read: BatchReader, { report }: QueryPlan, pin: Pin, { rowCount }: ResultMetadata): BatchReader {
  if (report === undefined) return read;
  let batch = 0;
  let rows = 0;
  return async () => {
    const answer = await read();
    batch += answer.received.length;
    for (const received of answer.received) rows += received.batch.rowCount;
    const total = rowCount >= 0 && rows > 0 ? { rowCount, batches: Math.ceil((batch * rowCount) / rows) } : {};
    if (answer.received.length > 0) report({ type: "fetching", batch, rows, ...total }, placeOf(pin));
    return answer;
  };
}

function lastStep(error: unknown): QueryStep {
  if (!isE6Error(error)) {
    return { type: "failed", error: new E6Error("INTERNAL", "the query failed", { cause: error }) };
  }
  return error.code === "CANCELLED" || error.code === "CLOSED" ? { type: "cancelled" } : { type: "failed", error };
}

function leftError(pin: Pin): E6Error {
  return new E6Error("CLOSED", "the result was given back before its last row", placeOf(pin));
}
