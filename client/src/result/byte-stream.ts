import type { ResultBatch } from "../wire/result-batch.ts";

/** Batches one after another: a stream of the client's, or a list of them. */
export type Batches = AsyncIterable<ResultBatch> | Iterable<ResultBatch>;

/** Characters that are gathered into a chunk, at least: large enough to make the call cheap, small enough to keep little in hand. */
const chunkLength = 64 * 1024;

/** Writes the rows of a batch as texts, one after another; begins when it is asked for the first. */
export type TextWriter = (batch: ResultBatch) => Iterable<string>;

/**
 * A stream of bytes from batches. It asks for a batch only when the reader asks for bytes and none are left; `cancel()` ends the iterator of
 * the batches, and so does a batch that cannot be written. Errors reach the reader as they are.
 *
 * @param head Text that stands before the first row.
 */
export function createByteStream(batches: Batches, head: string, write: TextWriter): ReadableStream<Uint8Array> {
  const source = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  const utf8 = new TextEncoder();
  let texts: Iterator<string> | undefined = [head][Symbol.iterator]();
  let cancelled = false;
  let ended = false;
  /** The next bytes; nothing after the last ones, and none that are no longer wanted. */
  const next = async (): Promise<Uint8Array | undefined> => {
    while (!cancelled) {
      const text = texts ? gather(texts) : "";
      if (text !== "") return utf8.encode(text);
      // Lets go of the rows before it waits for others.
      texts = undefined;
      // If it fails, or is done, it has ended by itself.
      ended = true;
      const { done, value } = await source.next();
      if (done) break;
      ended = false;
      texts = write(value)[Symbol.iterator]();
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

/** The next texts of a batch, up to a chunk; nothing at its end. */
function gather(texts: Iterator<string>): string {
  let gathered = "";
  while (gathered.length < chunkLength) {
    const next = texts.next();
    if (next.done) break;
    gathered += next.value;
  }
  return gathered;
}
