import type { ResultBatch } from "../wire/result-batch.ts";
import { type Batches, createBatchStream } from "./batch-stream.ts";

/** Characters that are gathered into a chunk, at least: large enough to make the call cheap, small enough to keep little in hand. */
const chunkLength = 64 * 1024;

/** Writes the rows of a batch as texts, one after another; begins when it is asked for the first. */
export type TextWriter = (batch: ResultBatch) => Iterable<string>;

/**
 * A stream of UTF-8 from batches: see {@link createBatchStream}.
 *
 * @param head Text that stands before the first row.
 */
export function createByteStream(batches: Batches, head: string, write: TextWriter): ReadableStream<Uint8Array> {
  return createBatchStream(batches, encode([head]), (batch) => encode(batch ? write(batch) : []));
}

/** Texts as UTF-8, gathered into chunks. */
function* encode(texts: Iterable<string>): Generator<Uint8Array, void, undefined> {
  const utf8 = new TextEncoder();
  let gathered = "";
  for (const text of texts) {
    gathered += text;
    if (gathered.length >= chunkLength) {
      yield utf8.encode(gathered);
      gathered = "";
    }
  }
  if (gathered !== "") yield utf8.encode(gathered);
}
