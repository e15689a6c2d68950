import { readListHeader, thriftType } from "./thrift.ts";
import type { WireCursor } from "./wire-cursor.ts";
import type { WireSource } from "./wire-source.ts";

/** Bytes of a length, which stand before every text. */
const lengthSize = 4;
/** Text that is decoded in one go: large enough to make the call cheap, small enough that a kept slice of it pins little. */
const runBytes = 64 * 1024;

/**
 * Where the texts (or byte strings) of a `list<string>` lie. Text `i` begins at `starts[i]` and ends 4 bytes before `starts[i + 1]`: there
 * the next one's length stands. Every position was checked against the input.
 */
export class Texts {
  readonly count: number;
  readonly #starts: Int32Array;
  readonly source: WireSource;

  constructor(source: WireSource, starts: Int32Array) {
    this.count = starts.length - 1;
    this.source = source;
    this.#starts = starts;
  }

  /** The position of a text's first byte. */
  start(row: number): number {
    // Rows come from loops and checks within `count`, of which `starts` has one more.
    return this.#starts[row] as number;
  }

  /** The position after a text's last byte. */
  end(row: number): number {
    return (this.#starts[row + 1] as number) - lengthSize;
  }

  /** A copy of one entry's bytes. */
  bytesAt(row: number): Uint8Array {
    return this.source.bytes.slice(this.start(row), this.end(row));
  }

  /** Decodes one entry. @throws E6Error `MALFORMED_RESULT` where it is not UTF-8. */
  textAt(row: number): string {
    try {
      return this.#decode(this.start(row), this.end(row));
    } catch (cause) {
      throw this.source.malformed(this.start(row), `the text of row ${row} is not UTF-8`, {
        cause,
        hint: "Cast the column to BINARY to read its bytes as they are.",
      });
    }
  }

  /** Decodes all entries but the null ones. */
  toArray(nulls: Uint8Array | undefined): (string | null)[] {
    const texts = new Array<string | null>(this.count);
    this.fill(texts, 0, this.count, nulls);
    return texts;
  }

  /**
   * Decodes the entries from `first` up to but not `end`, but the null ones, to the beginning of `texts`.
   *
   * Neighbours are decoded together, with the lengths between them: where every byte of such a run is ASCII, its texts are slices. A
   * length whose bytes are not ASCII would break the run's UTF-8, so it ends the run.
   */
  fill(texts: unknown[], first: number, end: number, nulls: Uint8Array | undefined): void {
    for (let from = first; from < end; ) {
      const to = this.#endOfRun(from, end);
      this.#decodeRun(texts, first, from, to, nulls);
      from = to;
    }
    if (nulls !== undefined) {
      for (let row = first; row < end; row++) if (nulls[row] === 1) texts[row - first] = null;
    }
  }

  #decode(start: number, end: number): string {
    return this.source.utf8.decode(this.source.bytes.subarray(start, end));
  }

  /** Decodes the run of the rows from `from` up to but not `to`; the place of row `first` is the first. */
  #decodeRun(texts: unknown[], first: number, from: number, to: number, nulls: Uint8Array | undefined): void {
    const start = this.start(from);
    const end = this.end(to - 1);
    let run: string;
    try {
      run = this.#decode(start, end);
    } catch {
      // The bytes of a null row may be anything; another row's are an error that names the row.
      for (let row = from; row < to; row++) texts[row - first] = nulls?.[row] === 1 ? null : this.textAt(row);
      return;
    }
    if (run.length === end - start) {
      for (let row = from; row < to; row++) {
        texts[row - first] = run.slice(this.start(row) - start, this.end(row) - start);
      }
    } else {
      this.#sliceUnits(texts, first, from, to, run);
    }
  }

  /** The end of the run that begins with row `from`: `end` at the latest. */
  #endOfRun(from: number, end: number): number {
    const limit = this.start(from) + runBytes;
    let row = from + 1;
    while (row < end && this.end(row) <= limit) {
      const length = this.end(row) - this.start(row);
      if ((length & 0x80808080) !== 0) break;
      row++;
    }
    return row;
  }

  /** Slices a run that is not all ASCII: the text's place in the string follows from the bytes that begin a character. */
  #sliceUnits(texts: unknown[], first: number, from: number, to: number, run: string): void {
    const { bytes } = this.source;
    let unit = 0;
    for (let row = from; row < to; row++) {
      const begin = unit;
      for (let position = this.start(row), end = this.end(row); position < end; position++) {
        unit += utf16Units(bytes[position] as number);
      }
      texts[row - first] = run.slice(begin, unit);
      unit += lengthSize;
    }
  }
}

/** How many UTF-16 code units a byte of valid UTF-8 adds: a character counts at its first byte. */
function utf16Units(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xf0 ? 1 : 2;
}

/** Steps over a `list<string>`; of it only the positions are kept. */
export function readTexts(cursor: WireCursor, what: string): Texts {
  return walkTexts(cursor, readListHeader(cursor, thriftType.string, what), what);
}

/** Steps over a single `string`, as a list of one. */
export function readText(cursor: WireCursor, what: string): Texts {
  return walkTexts(cursor, 1, what);
}

function walkTexts(cursor: WireCursor, count: number, what: string): Texts {
  const { source } = cursor;
  const { view } = source;
  const starts = new Int32Array(count + 1);
  const end = source.bytes.length;
  const last = end - lengthSize;
  let position = cursor.position;
  for (let row = 0; row < count; row++) {
    const length = position <= last ? view.getInt32(position) : -1;
    position += lengthSize;
    starts[row] = position;
    if (length < 0 || length > end - position) {
      throw source.malformed(position - lengthSize, `entry ${row} of ${what} is longer than the input`);
    }
    position += length;
  }
  starts[count] = position + lengthSize;
  cursor.position = position;
  return new Texts(source, starts);
}
