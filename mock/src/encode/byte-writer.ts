const initialCapacity = 64 * 1024;

/**
 * A growing run of bytes. Whoever writes many values asks for their room once by {@link ByteWriter.reserve} and then
 * writes into `bytes` or `view` from the offset that it gives: both may be new after each call.
 */
export class ByteWriter {
  /** What is written so far, and room behind it. */
  bytes = new Uint8Array(initialCapacity);
  /** The same bytes, for numbers. */
  view = new DataView(this.bytes.buffer);
  readonly #limit: number;
  #length = 0;

  /** `limit`: the most bytes that may be written. Beyond it writing throws a {@link RangeError}. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes are written. */
  get length(): number {
    return this.#length;
  }

  /** Takes `count` bytes at the end and says where they begin. They hold zeros. */
  reserve(count: number): number {
    const offset = this.#length;
    const needed = offset + count;
    if (needed > this.#limit) {
      throw new RangeError(`more than ${this.#limit} bytes in one message`);
    }
    if (needed > this.bytes.length) {
      this.#grow(needed);
    }
    this.#length = needed;
    return offset;
  }

  /** The bytes written, without a copy: the writer must not be used any more. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.#length);
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, Math.min(this.bytes.length * 2, this.#limit));
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.#length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
