import { freeAnswer } from "../transport/answer-bytes.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { BatchReader, ReceivedBatch } from "./batch-reader.ts";

/** Batches on their way to a consumer. */
export interface BatchQueue {
  /**
   * The next one in their order; nothing at the end, and once it is stopped and empty. Rejects with what reading failed by, once:
   * the next call reads on. `isUrgent` tells of a failure that comes before the batches that wait; they stay.
   */
  next(isUrgent?: (error: unknown) => boolean): Promise<ResultBatch | undefined>;
  /** Gives the memory of the batch back that was handed out last, and which nobody needs any more. Of another batch it does nothing. */
  free(batch: ResultBatch): void;
  /** Asks for nothing more. What was asked for still comes. */
  stop(): void;
  /** True if a batch waits for its consumer or was asked for. */
  readonly isBusy: boolean;
  /** True once a batch was handed out. */
  readonly isBegun: boolean;
  /** True once the last batch has come. */
  readonly hasEnded: boolean;
}

/** To make so many rows takes about a millisecond. */
const manyRows = 10_000;

/**
 * Reads ahead of its consumer while fewer than `maxBytes` wait. A batch leaves memory with its consumer; a failure comes
 * after the batches that came before it, and nothing more is read before it was told.
 *
 * Some platforms send only when it is their `turn`, and a consumer who works on many rows at once keeps them from it: they get one
 * for each call, before such a batch is handed out.
 */
export function prefetch(read: BatchReader, maxBytes: number, turn: () => Promise<void>): BatchQueue {
  const waiting: ReceivedBatch[] = [];
  let bytes = 0;
  let ended = false;
  let stopped = false;
  let begun = false;
  let last: ReceivedBatch | undefined;
  /** True until the platform has had a turn since the last call was made. */
  let isCallNew = false;
  let failure: { readonly error: unknown } | undefined;
  let reading: Promise<void> | undefined;

  const readOnce = async () => {
    isCallNew = true;
    try {
      const next = await read();
      waiting.push(...next.received);
      for (const received of next.received) bytes += received.bytes;
      ended = next.ended;
    } catch (error) {
      failure = { error };
    }
    reading = undefined;
    readAhead();
  };
  const readAhead = () => {
    if (reading === undefined && !ended && !stopped && failure === undefined && bytes < maxBytes) reading = readOnce();
  };

  readAhead();
  return {
    async next(isUrgent = () => false) {
      for (;;) {
        if (failure !== undefined && (waiting.length === 0 || isUrgent(failure.error))) {
          const { error } = failure;
          failure = undefined;
          throw error;
        }
        const first = waiting.shift();
        last = first;
        if (first !== undefined) {
          begun = true;
          bytes -= first.bytes;
          readAhead();
          if (isCallNew && reading !== undefined && first.batch.rowCount >= manyRows) {
            isCallNew = false;
            await turn();
          }
          return first.batch;
        }
        if (ended || (stopped && reading === undefined)) return undefined;
        // A bound of zero reads nothing ahead, but what is asked for is read.
        reading ??= readOnce();
        await reading;
      }
    },
    free(batch) {
      if (last?.batch !== batch) return;
      if (last.buffer !== undefined) freeAnswer(last.buffer);
      last = undefined;
    },
    stop() {
      stopped = true;
    },
    get isBusy() {
      return waiting.length > 0 || reading !== undefined;
    },
    get isBegun() {
      return begun;
    },
    get hasEnded() {
      return ended;
    },
  };
}
