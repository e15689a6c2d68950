import * as wireType from "./wire-type.ts";

/** Reads what a message is made of, part by part. Throws where the bytes end too early, and for what is no number, tag or text. */
export class ByteReader {
  /** Where the next part begins. */
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The 64 bits of a whole number, which takes so many bytes at most. */
  varint(maxBytes = 10): bigint {
    let bits = 0n;
    for (let shift = 0; shift < 7 * maxBytes; shift += 7) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) break;
      bits |= BigInt(byte & 127) << BigInt(shift);
      if (byte < 128) return BigInt.asUintN(64, bits);
    }
    throw new Error("a number has no end");
  }

  /** The number of a field, and the wire type of its value. */
  tag(): readonly [number: number, type: wireType.WireType] {
    const tag = Number(this.varint(5));
    if (tag < 8 || tag >= 2 ** 32) throw new Error(`no field has the tag ${tag}`);
    return [tag >>> 3, tag & 7];
  }

  /** Reads the length of what follows. Where that ends: perhaps beyond all bytes. */
  end(): number {
    const size = Number(this.varint());
    return this.position + size;
  }

  /** The bytes behind their length, as a view. */
  bytes(): Uint8Array {
    return this.#readTo(this.end());
  }

  /** The text behind its length in UTF-8. */
  text(): string {
    return this.#utf8.decode(this.bytes());
  }

  /** Passes over the value of a field, which may be a group with others in it, `depth` of them at most. */
  skip(number: number, type: wireType.WireType, depth = 100): void {
    if (type === wireType.varint) this.varint();
    else if (type === wireType.delimited) this.bytes();
    else if (type === wireType.eightBytes) this.#readTo(this.position + 8);
    else if (type === wireType.fourBytes) this.#readTo(this.position + 4);
    else if (type === wireType.groupStart && depth > 0) this.#skipGroup(number, depth - 1);
    else throw new Error(`no field has the wire type ${type} at this depth`);
  }

  #readTo(end: number): Uint8Array {
    if (end > this.#bytes.length) throw new Error("the message ends in the middle of a field");
    const bytes = this.#bytes.subarray(this.position, end);
    this.position = end;
    return bytes;
  }

  #skipGroup(number: number, depth: number): void {
    for (;;) {
      const [inner, type] = this.tag();
      if (inner === number && type === wireType.groupEnd) return;
      this.skip(inner, type, depth);
    }
  }
}
