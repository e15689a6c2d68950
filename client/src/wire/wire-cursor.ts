import type { WireSource } from "./wire-source.ts";

/** Reads big-endian values one after the other; every read checks first that the bytes are there. */
export class WireCursor {
  readonly source: WireSource;
  /** Where the next read begins. */
  position = 0;

  constructor(source: WireSource) {
    this.source = source;
  }

  /** Bytes from here to the end. */
  get remaining(): number {
    return this.source.bytes.length - this.position;
  }

  /** Steps over `length` bytes and returns where they began. `what` names them in the error. */
  take(length: number, what: string): number {
    if (length > this.remaining) {
      throw this.source.malformed(
        this.position,
        `${what} takes ${length} bytes, but the input ends ${this.remaining} bytes on`,
      );
    }
    const start = this.position;
    this.position += length;
    return start;
  }

  readUint8(what: string): number {
    return this.source.view.getUint8(this.take(1, what));
  }

  readBool(what: string): boolean {
    const start = this.position;
    const byte = this.readUint8(what);
    if (byte > 1) throw this.source.malformed(start, `${what} is ${byte}, neither 0 nor 1`);
    return byte === 1;
  }

  readInt16(what: string): number {
    return this.source.view.getInt16(this.take(2, what));
  }

  readUint16(what: string): number {
    return this.source.view.getUint16(this.take(2, what));
  }

  readInt32(what: string): number {
    return this.source.view.getInt32(this.take(4, what));
  }

  readInt64(what: string): bigint {
    return this.source.view.getBigInt64(this.take(8, what));
  }

  /** Reads an int32 that counts things. */
  readCount(what: string): number {
    const start = this.position;
    const count = this.readInt32(what);
    if (count < 0) throw this.source.malformed(start, `${what} is negative (${count})`);
    return count;
  }

  /**
   * Checks, before anything is allocated for them, that `count` things of at least `smallest` bytes each can follow.
   */
  assertHolds(count: number, smallest: number, what: string): void {
    if (count * smallest > this.remaining) {
      throw this.source.malformed(
        this.position,
        `${what} states ${count} entries, which take ${count * smallest} bytes or more, but the input ends ${this.remaining} bytes on`,
      );
    }
  }

  /** Checks that the input ends here. */
  assertEnd(): void {
    if (this.remaining > 0) {
      throw this.source.malformed(this.position, `${this.remaining} bytes follow after its end`);
    }
  }
}
