import { E6Error, isE6Error } from "../error.ts";
import { getNextResultBatch, getNextResultBatchV2 } from "../gen/e6x_engine_tables.ts";
import { failureOf } from "../session/recovery.ts";
import type { CallScope } from "../transport/call-scope.ts";
import { waitFor } from "../transport/cancellation.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import type { ResultMetadata } from "../wire/result-metadata.ts";
import type { EngineFeatures } from "./engine-features.ts";
import { onPin, type Pin } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryTerms } from "./query-plan.ts";

const firstPauseMs = 10;
const longestPauseMs = 100;

/** A batch, and what it weighs. */
export interface ReceivedBatch {
  readonly batch: ResultBatch;
  /** Size as it was sent. */
  readonly bytes: number;
  /** The memory that it came in, where no batch follows it there. */
  readonly buffer: ArrayBufferLike | undefined;
}

/** Asks for the batches that come next; `ended` where none follow them. */
export type BatchReader = () => Promise<{ readonly received: readonly ReceivedBatch[]; readonly ended: boolean }>;

/** One answer of the engine, as bytes. */
interface Answer {
  readonly chunks: readonly Uint8Array[];
  readonly ended: boolean;
}

/**
 * Reads the batches of a query in their order and checks their rows against the metadata's count, where the engine knew
 * it; `rowsBefore` were read elsewhere. Each call moves the engine's cursor, so calls must not overlap. One that has failed may be made
 * again where it certainly has not moved it. `onAsk` is told before each.
 */
export function createBatchReader(
  context: QueryContext,
  pin: Pin,
  metadata: ResultMetadata,
  { scope }: QueryTerms,
  rowsBefore: number,
  onAsk: () => void,
): BatchReader {
  const features = context.features(pin.route);
  const announced = metadata.rowCount;
  const limits = { maxBytes: context.settings.maxMessageBytes };
  let rows = rowsBefore;
  return async () => {
    onAsk();
    const answer = await ask(context, pin, features, scope).catch((error: unknown) => {
      // The query was lost between the last row and the empty batch after it: nothing is missing.
      if (rows === announced && !scope.signal.aborted && isE6Error(error) && failureOf(error) !== "final") return end;
      throw error;
    });
    let { ended } = answer;
    const received: ReceivedBatch[] = [];
    for (const chunk of answer.chunks) {
      const batch = readResultBatch(chunk, metadata.fields, limits);
      ended ||= batch.rowCount === 0;
      rows += batch.rowCount;
      const buffer = chunk === answer.chunks.at(-1) ? chunk.buffer : undefined;
      if (batch.rowCount > 0) received.push({ batch, bytes: chunk.byteLength, buffer });
    }
    if (announced >= 0 && rows > announced) throw countError("MALFORMED_RESULT", announced, `at least ${rows}`);
    if (ended && rows < announced) throw countError("RESULT_INCOMPLETE", announced, `${rows}`);
    return { received, ended };
  };
}

const end: Answer = { chunks: [], ended: true };

async function ask(context: QueryContext, pin: Pin, features: EngineFeatures, scope: CallScope): Promise<Answer> {
  if (features.manyBatches) {
    try {
      return await askForMany(context, pin, scope);
    } catch (error) {
      if (!isE6Error(error) || error.code !== "UNSUPPORTED") throw error;
      features.manyBatches = false;
    }
  }
  const { resultBatch } = await context.call(getNextResultBatch, pin.request, onPin(pin, scope));
  return resultBatch.length === 0 ? end : { chunks: [resultBatch], ended: false };
}

/** No batch and no end means 'ask again': the engine is still at work. */
async function askForMany({ call, runtime }: QueryContext, pin: Pin, scope: CallScope): Promise<Answer> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { resultBatches, endOfStream } = await call(getNextResultBatchV2, pin.request, onPin(pin, scope));
    if (resultBatches.some(({ length }) => length === 0)) {
      throw new E6Error("MALFORMED_RESULT", "the engine sent an empty batch among several");
    }
    if (resultBatches.length > 0 || endOfStream) return { chunks: resultBatches, ended: endOfStream };
    await waitFor(runtime.sleep(pauseMs, scope.signal), scope.signal);
  }
}

function countError(code: "MALFORMED_RESULT" | "RESULT_INCOMPLETE", announced: number, received: string): E6Error {
  return new E6Error(code, `the engine announced ${announced} rows and sent ${received}`);
}
