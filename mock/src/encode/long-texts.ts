import { type PointerReader, textEntry } from "./text-entry.ts";
import { hasValue, type VectorSlice } from "./vector-slice.ts";

/** Below this a loop is faster than making a view to copy from. */
const shortCopy = 48;

/**
 * The texts of a slice that are too long for their entries. Going into DuckDB's memory costs about a microsecond, and
 * DuckDB mostly lays such texts one behind the other: a run of them that leaves no gap is read at once.
 */
export class LongTexts {
  readonly #slice: VectorSlice;
  readonly #read: PointerReader;
  #run: Uint8Array = new Uint8Array(0);
  #runStart = 0;

  constructor(slice: VectorSlice, read: PointerReader) {
    this.#slice = slice;
    this.#read = read;
  }

  /** Copies the text of a row, which has more than 12 bytes. */
  copy(target: Uint8Array, at: number, row: number, length: number): void {
    const address = this.#address(row);
    if (address < this.#runStart || address + length > this.#runStart + this.#run.length) {
      this.#readRun(row, address, length);
    }
    const from = address - this.#runStart;
    if (length < shortCopy) {
      for (let i = 0; i < length; i++) {
        target[at + i] = this.#run[from + i] ?? 0;
      }
    } else {
      target.set(this.#run.subarray(from, from + length), at);
    }
  }

  /** Reads a text and those that follow it without a gap: only bytes that belong to one of them. */
  #readRun(row: number, address: number, length: number): void {
    const { data, validity, from, count } = this.#slice;
    let end = address + length;
    for (let next = row + 1; next < from + count; next++) {
      const size = hasValue(validity, next) ? data.getUint32(next * textEntry.bytes, true) : 0;
      if (size > textEntry.inlineMax) {
        if (this.#address(next) !== end) {
          break;
        }
        end += size;
      }
    }
    const pointer = data.byteOffset + row * textEntry.bytes + textEntry.pointerAt;
    this.#run = this.#read(data.buffer, pointer, end - address);
    this.#runStart = address;
  }

  /** Addresses of a process have less than 53 bits: a number holds them exactly. */
  #address(row: number): number {
    const at = row * textEntry.bytes + textEntry.pointerAt;
    return this.#slice.data.getUint32(at + 4, true) * 2 ** 32 + this.#slice.data.getUint32(at, true);
  }
}
