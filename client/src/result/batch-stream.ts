import type { ResultBatch } from "../wire/result-batch.ts";

/** Batches one after another: a stream of the client's, or a list of them. */
export type Batches = AsyncIterable<ResultBatch> | Iterable<ResultBatch>;

/** Writes a batch, piece by piece; begins when it is asked for the first piece. Without a batch it writes what stands after the last one. */
export type BatchWriter = (batch?: ResultBatch) => Iterable<Uint8Array>;

/**
 * A stream of bytes from batches. It asks for a batch only when the reader asks for bytes and none are left; `cancel()` ends the iterator of
 * the batches, and so does a batch that cannot be written. Errors reach the reader as they are.
 *
 * @param head What stands before the first batch.
 */
export function createBatchStream(
  batches: Batches,
  head: Iterable<Uint8Array>,
  write: BatchWriter,
): ReadableStream<Uint8Array> {
  const source = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  let pieces: Iterator<Uint8Array> | undefined = head[Symbol.iterator]();
  let cancelled = false;
  let ended = false;
  /** The next bytes; nothing after the last ones, and none that are no longer wanted. */
  const next = async (): Promise<Uint8Array | undefined> => {
    while (!cancelled) {
      const piece = pieces?.next();
      if (piece && !piece.done) return piece.value;
      // Lets go of the batch before it waits for another.
      pieces = undefined;
      if (ended) break;
      // If it fails, or is done, it has ended by itself.
      ended = true;
      const { done, value } = await source.next();
      ended = done === true;
      pieces = (ended ? write() : write(value))[Symbol.iterator]();
    }
    return undefined;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await next();
          if (bytes) controller.enqueue(bytes);
          else if (!cancelled) controller.close();
        } catch (error) {
          // The reader is to hear of the first failure, and not of another in its wake.
          if (!ended) await Promise.resolve(source.return?.()).catch(() => undefined);
          throw error;
        }
      },
      async cancel() {
        cancelled = true;
        await source.return?.();
      },
    },
    // Nothing is asked for ahead: how much may wait is for the source of the batches to say.
    { highWaterMark: 0 },
  );
}
