import type { ByteWriter } from "./byte-writer.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

/** DuckDB's string entry: a length, then the bytes themselves up to 12, else 4 of them and a pointer to all. */
export const textEntry = { bytes: 16, inlineAt: 4, inlineMax: 12, pointerAt: 8 } as const;

/** Reads `length` bytes from the pointer that stands at `offset` of `buffer`. */
export type PointerReader = (buffer: ArrayBuffer, offset: number, length: number) => Uint8Array;

/** How many bytes a row's text takes on the wire. */
export function textSize(slice: VectorSlice, row: number): number {
  return 4 + (hasValue(slice.validity, row) ? slice.data.getUint32(row * textEntry.bytes, true) : 0);
}

/** Texts or blobs: a length and the bytes each, copied as they are. Only texts over 12 bytes cost a view. */
export function writeTexts(out: ByteWriter, slices: readonly VectorSlice[], read: PointerReader): void {
  for (const slice of slices) {
    for (let row = slice.from; row < slice.from + slice.count; row++) {
      if (hasValue(slice.validity, row)) {
        writeText(out, slice.data, row * textEntry.bytes, read);
      } else {
        out.reserve(4);
      }
    }
  }
}

function writeText(out: ByteWriter, data: DataView<ArrayBuffer>, entry: number, read: PointerReader): void {
  const length = data.getUint32(entry, true);
  const at = out.reserve(4 + length);
  out.view.setInt32(at, length);
  if (length <= textEntry.inlineMax) {
    for (let i = 0; i < length; i++) {
      out.bytes[at + 4 + i] = data.getUint8(entry + textEntry.inlineAt + i);
    }
  } else {
    out.bytes.set(read(data.buffer, data.byteOffset + entry + textEntry.pointerAt, length), at + 4);
  }
}

/** The same text for each of `size` rows. */
export function writeRepeatedText(out: ByteWriter, text: Uint8Array, size: number): void {
  const stride = 4 + text.length;
  const at = out.reserve(stride * size);
  for (let row = 0; row < size; row++) {
    out.view.setInt32(at + row * stride, text.length);
    out.bytes.set(text, at + row * stride + 4);
  }
}
