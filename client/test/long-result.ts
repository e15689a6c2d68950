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
