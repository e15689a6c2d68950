import type { ByteWriter } from "./byte-writer.ts";
import { LongTexts } from "./long-texts.ts";
import { type PointerReader, textEntry } from "./text-entry.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

/** How many bytes a row's text takes on the wire. */
export function textSize(slice: VectorSlice, row: number): number {
  return 4 + (hasValue(slice.validity, row) ? slice.data.getUint32(row * textEntry.bytes, true) : 0);
}

/** Texts or blobs: a length and the bytes each, copied as they are. */
export function writeTexts(out: ByteWriter, slices: readonly VectorSlice[], read: PointerReader): void {
  for (const slice of slices) {
    const longTexts = new LongTexts(slice, read);
    for (let row = slice.from; row < slice.from + slice.count; row++) {
      if (!hasValue(slice.validity, row)) {
        out.reserve(4);
        continue;
      }
      const entry = row * textEntry.bytes;
      const length = slice.data.getUint32(entry, true);
      const at = out.reserve(4 + length);
      out.view.setInt32(at, length);
      if (length <= textEntry.inlineMax) {
        copyInline(out.bytes, at + 4, slice.data, entry + textEntry.inlineAt, length);
      } else {
        longTexts.copy(out.bytes, at + 4, row, length);
      }
    }
  }
}

function copyInline(target: Uint8Array, at: number, source: DataView, from: number, length: number): void {
  for (let i = 0; i < length; i++) {
    target[at + i] = source.getUint8(from + i);
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
