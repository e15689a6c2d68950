import { chunkBytes, longs } from "./chunk-writer.ts";
import type { FakeResult } from "./fake-gateway.ts";
import { threeFives } from "./open-connection.ts";

/** Rows in each batch of {@link longResult}. */
export const rowsInBatch = threeFives.rowCount;
/** Bytes of each batch of {@link longResult}. */
export const bytesOfBatch = threeFives.result.batches[0]?.byteLength ?? 0;

/** A result of so many batches of three fives. `rowCount` is what the metadata say: -1 where the engine does not know. */
export function longResult(batches: number, rowCount = batches * rowsInBatch): FakeResult {
  const { metadata, batches: one } = threeFives.result;
  const counted = metadata.slice();
  new DataView(counted.buffer).setBigInt64(0, BigInt(rowCount));
  return { metadata: counted, batches: Array.from({ length: batches }, () => one).flat() };
}

/** A result whose rows are the numbers from 0 on, in batches of the given sizes. */
export function numberedResult(sizes: readonly number[], rowCount?: number): FakeResult {
  let next = 0n;
  const batches = sizes.map((size) => chunkBytes([longs(...Array.from({ length: size }, () => next++))]));
  return { metadata: longResult(0, rowCount ?? Number(next)).metadata, batches };
}
