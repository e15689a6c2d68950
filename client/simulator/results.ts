import { chunkBytes, longs } from "../test/chunk-writer.ts";

/** A result whose rows are the numbers from 0 on. */
export interface Result {
  readonly rowCount: number;
  readonly metadata: Uint8Array;
  readonly batches: readonly Uint8Array[];
}

const made = new Map<string, Result>();

/** The result of so many batches of so many rows. `isCounted`: the engine knows how many. Made once. */
export function resultOf(batches: number, rowsInBatch: number, isCounted: boolean): Result {
  const name = `${batches} ${rowsInBatch} ${isCounted}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const rowCount = batches * rowsInBatch;
  const result: Result = {
    rowCount,
    metadata: metadataOf(isCounted ? rowCount : -1),
    batches: Array.from({ length: batches }, (_, batch) =>
      chunkBytes([longs(...Array.from({ length: rowsInBatch }, (_row, row) => BigInt(batch * rowsInBatch + row)))]),
    ),
  };
  made.set(name, result);
  return result;
}

/** Metadata of one column of numbers. */
function metadataOf(rowCount: number): Uint8Array {
  const texts = ["n", "LONG", "", ""].map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(12 + texts.reduce((size, text) => size + 2 + text.length, 0));
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(rowCount));
  view.setInt32(8, 1);
  let offset = 12;
  for (const text of texts) {
    view.setUint16(offset, text.length);
    bytes.set(text, offset + 2);
    offset += 2 + text.length;
  }
  return bytes;
}
