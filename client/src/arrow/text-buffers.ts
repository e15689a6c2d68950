import { E6Error } from "../error.ts";
import type { Texts } from "../wire/texts.ts";
import { repeatItems } from "./repeat-items.ts";

/** Texts or byte strings as Arrow has them: one after another, and where each begins and ends. */
export interface TextBuffers {
  readonly offsets: Int32Array;
  readonly values: Uint8Array;
}

/** Bytes up to which a loop copies faster than a call. */
const shortText = 32;
/** Bytes that are checked in one go. */
const checkedBytes = 64 * 1024;
const maxOffset = 2 ** 31 - 1;

/** Gathers byte strings; a null row takes none of its bytes along. */
export function packBytes(texts: Texts, nulls: Uint8Array | undefined): TextBuffers {
  const { count } = texts;
  const offsets = new Int32Array(count + 1);
  let length = 0;
  for (let row = 0; row < count; row++) {
    if (nulls?.[row] !== 1) length += texts.end(row) - texts.start(row);
    offsets[row + 1] = length;
  }
  const values = new Uint8Array(length);
  const { bytes } = texts.source;
  for (let row = 0, to = 0; row < count; row++) {
    const end = offsets[row + 1] as number;
    const from = texts.start(row) - to;
    if (end - to > shortText) values.set(bytes.subarray(from + to, from + end), to);
    else for (let at = to; at < end; at++) values[at] = bytes[from + at] as number;
    to = end;
  }
  return { offsets, values };
}

/**
 * Gathers texts.
 *
 * @throws E6Error `MALFORMED_RESULT` where one is not UTF-8.
 */
export function packTexts(texts: Texts, nulls: Uint8Array | undefined): TextBuffers {
  const buffers = packBytes(texts, nulls);
  if (!areUtf8(buffers)) {
    // Tells which one it is.
    for (let row = 0; row < texts.count; row++) if (nulls?.[row] !== 1) texts.textAt(row);
  }
  return buffers;
}

/**
 * One text for many rows.
 *
 * @throws E6Error `RESOURCE_EXHAUSTED` where they are more bytes than an Arrow column holds.
 */
export function repeatText({ values: one }: TextBuffers, count: number): TextBuffers {
  const { length } = one;
  if (length * count > maxOffset) {
    throw new E6Error(
      "RESOURCE_EXHAUSTED",
      `${count} rows of the same ${length} bytes are too much for an Arrow column.`,
      {
        hint: "An Arrow column of texts holds 2 GiB: ask for fewer rows, or leave the constant out.",
      },
    );
  }
  const offsets = new Int32Array(count + 1);
  for (let row = 1; row <= count; row++) offsets[row] = row * length;
  return { offsets, values: repeatItems(new Uint8Array(length * count), one) };
}

/** Whether all the bytes are UTF-8 and no text begins within a character. */
function areUtf8({ offsets, values }: TextBuffers): boolean {
  for (let row = 1; row < offsets.length; row++) {
    // Of an empty text the next one's beginning is looked at, which may be none.
    if (((values[offsets[row - 1] as number] ?? 0) & 0xc0) === 0x80) return false;
  }
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let at = 0; at < values.length; at += checkedBytes) {
      utf8.decode(values.subarray(at, at + checkedBytes), { stream: true });
    }
    utf8.decode();
    return true;
  } catch {
    return false;
  }
}
