import { type Field, huffmanLengths, staticTable } from "./hpack-tables.ts";

/**
 * Writes header fields as a careless client may: each as it stands, whatever the rules for names and values are. Text is taken byte by
 * byte (Latin-1). Nothing is indexed or compressed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2
 */
export function encodeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), encodeText(name), encodeText(value)]));
}

/** An integer with a prefix of so many bits; `flags` are the bits before it. */
export function encodeInteger(value: number, prefixBits: number, flags = 0): Uint8Array {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.of(flags | value);
  const bytes = [flags | limit];
  let rest = value - limit;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.of(...bytes, rest);
}

function encodeText(text: string): Uint8Array {
  return Buffer.concat([encodeInteger(text.length, 7), Buffer.from(text, "latin1")]);
}

/**
 * Reads header fields of a server that was told to keep no dynamic table (`SETTINGS_HEADER_TABLE_SIZE` 0). Throws for what refers to
 * one, and for what is cut off.
 */
export function decodeFields(block: Uint8Array): readonly Field[] {
  const reader = new BlockReader(block);
  const fields: Field[] = [];
  while (!reader.isAtEnd) {
    const field = reader.field();
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

class BlockReader {
  readonly #block: Uint8Array;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  /** The next field; nothing where the table's size is changed. */
  field(): Field | undefined {
    const first = this.#block[this.#at] ?? 0;
    if ((first & 0x80) !== 0) return staticField(this.#integer(7));
    if ((first & 0xe0) === 0x20) {
      this.#integer(5);
      return undefined;
    }
    const index = this.#integer((first & 0x40) === 0 ? 4 : 6);
    const name = index === 0 ? this.#text() : staticField(index)[0];
    return [name, this.#text()];
  }

  #byte(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) throw new Error("the header block is cut off");
    this.#at += 1;
    return byte;
  }

  #integer(prefixBits: number): number {
    const limit = 2 ** prefixBits - 1;
    let value = this.#byte() & limit;
    if (value < limit) return value;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * weight;
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const isCompressed = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new Error("the header block is cut off");
    this.#at += length;
    return isCompressed ? decodeHuffman(bytes) : Buffer.from(bytes).toString("latin1");
  }
}

function staticField(index: number): Field {
  const field = staticTable[index - 1];
  if (field === undefined)
    throw new Error(`the header block names the field ${index}, which is not in the static table`);
  return field;
}

/** The symbol of each code. A code is written with a 1 before it, so that its length is in it. */
const symbolOfCode: ReadonlyMap<number, number> = canonicalCodes();

function canonicalCodes(): Map<number, number> {
  const codes = new Map<number, number>();
  let code = 0;
  for (let length = 1; length <= 30; length += 1, code *= 2) {
    for (const [symbol, own] of huffmanLengths.entries()) {
      if (own === length) {
        codes.set(2 ** length + code, symbol);
        code += 1;
      }
    }
  }
  return codes;
}

function decodeHuffman(bytes: Uint8Array): string {
  const symbols: number[] = [];
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      const symbol = symbolOfCode.get(code);
      if (symbol !== undefined) {
        symbols.push(symbol);
        code = 1;
      }
    }
  }
  // What is left is padding: the first bits of the end's code, which are ones.
  return Buffer.from(symbols).toString("latin1");
}
