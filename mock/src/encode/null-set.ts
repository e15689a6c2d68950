import type { ByteWriter } from "./byte-writer.ts";
import { thriftType, writeListHead } from "./thrift-writer.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

const nullSetField = 3;

/** `nullSet` of a vector: one byte a row, 1 where the row is NULL. */
export function writeNullSet(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  writeListHead(out, nullSetField, thriftType.bool, size);
  let at = out.reserve(size);
  for (const { validity, from, count } of slices) {
    if (validity !== undefined) {
      for (let i = 0; i < count; i++) {
        out.bytes[at + i] = hasValue(validity, from + i) ? 0 : 1;
      }
    }
    at += count;
  }
}

/** `nullSet` of a constant vector. */
export function writeConstantNull(out: ByteWriter): void {
  writeListHead(out, nullSetField, thriftType.bool, 1);
  const at = out.reserve(1);
  out.bytes[at] = 1;
}
