import type { ByteWriter } from "./byte-writer.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

// A row without a value is written as zero, whatever the vector's memory holds there.

/** Booleans, one byte each. */
export function writeBooleans(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  let at = out.reserve(size);
  for (const { data, validity, from, count } of slices) {
    for (let row = from; row < from + count; row++) {
      out.bytes[at++] = hasValue(validity, row) && data.getUint8(row) !== 0 ? 1 : 0;
    }
  }
}

/** 32-bit integers. */
export function writeInt32s(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  let at = out.reserve(size * 4);
  for (const { data, validity, from, count } of slices) {
    for (let row = from; row < from + count; row++, at += 4) {
      if (hasValue(validity, row)) {
        out.view.setInt32(at, data.getInt32(row * 4, true));
      }
    }
  }
}

/** Values of 64 bits: integers, and doubles as their bits. Two halves a value, so that no bigint is made. */
export function writeWords64(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  let at = out.reserve(size * 8);
  for (const { data, validity, from, count } of slices) {
    for (let row = from; row < from + count; row++, at += 8) {
      if (hasValue(validity, row)) {
        out.view.setUint32(at, data.getUint32(row * 8 + 4, true));
        out.view.setUint32(at + 4, data.getUint32(row * 8, true));
      }
    }
  }
}

/** 32-bit floats, which travel as doubles. */
export function writeFloats(out: ByteWriter, slices: readonly VectorSlice[], size: number): void {
  let at = out.reserve(size * 8);
  for (const { data, validity, from, count } of slices) {
    for (let row = from; row < from + count; row++, at += 8) {
      if (hasValue(validity, row)) {
        out.view.setFloat64(at, data.getFloat32(row * 4, true));
      }
    }
  }
}
