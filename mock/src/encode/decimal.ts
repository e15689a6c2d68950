import type { ByteWriter } from "./byte-writer.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

const decimalBytes = 16;

/** Decimals: the length (always 16) and the unscaled integer in two's complement, big-endian. */
export function writeDecimals(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  let at = out.reserve(size * (4 + decimalBytes));
  for (const { data, validity, from, count } of slices) {
    for (let row = from; row < from + count; row++, at += 4 + decimalBytes) {
      out.view.setInt32(at, decimalBytes);
      if (hasValue(validity, row)) {
        for (let word = 0; word < decimalBytes; word += 4) {
          out.view.setUint32(at + 4 + word, data.getUint32(row * decimalBytes + 12 - word, true));
        }
      }
    }
  }
}
