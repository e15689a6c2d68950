import type { Value } from "./column.ts";
import { Decimal } from "./decimal.ts";
import { parseDecimal, readDecimal } from "./decimal-reader.ts";
import { StoredColumn } from "./stored-column.ts";
import type { Texts } from "./texts.ts";
import type { WireSource } from "./wire-source.ts";

/** The types that travel as text. */
export type TextType = "STRING" | "ARRAY" | "MAP" | "STRUCT";

/** STRING, ARRAY, MAP and STRUCT. */
export class TextColumn extends StoredColumn<TextType, string, readonly (string | null)[]> {
  readonly texts: Texts;
  #items: readonly (string | null)[] | undefined;

  constructor(type: TextType, texts: Texts, nulls: Uint8Array | undefined) {
    super(type, texts.count, nulls);
    this.texts = texts;
  }

  toArray(): readonly (string | null)[] {
    this.#items ??= this.texts.toArray(this.nulls);
    return this.#items;
  }

  /** Made anew, and not kept beside the rows that they go into. */
  override fillValues(values: Value[], from: number, to: number): void {
    this.texts.fill(values, from, to, this.nulls);
  }

  repeat(count: number): readonly (string | null)[] {
    return this.repeatValue(count);
  }

  protected valueAt(row: number): string {
    return this.#items?.[row] ?? this.texts.textAt(row);
  }
}

/** BINARY. Each value is a copy. */
export class BinaryColumn extends StoredColumn<"BINARY", Uint8Array, readonly (Uint8Array | null)[]> {
  readonly texts: Texts;
  #items: readonly (Uint8Array | null)[] | undefined;

  constructor(texts: Texts, nulls: Uint8Array | undefined) {
    super("BINARY", texts.count, nulls);
    this.texts = texts;
  }

  toArray(): readonly (Uint8Array | null)[] {
    this.#items ??= Array.from({ length: this.rowCount }, (_, row) => this.get(row));
    return this.#items;
  }

  repeat(count: number): readonly (Uint8Array | null)[] {
    return this.repeatValue(count);
  }

  protected valueAt(row: number): Uint8Array {
    return this.texts.bytesAt(row);
  }
}

/** DECIMAL128: integers and one scale for the column, or, from an old engine that states no scale, texts. */
export class DecimalColumn extends StoredColumn<"DECIMAL128", Decimal, readonly (Decimal | null)[]> {
  readonly #source: WireSource;
  readonly texts: Texts;
  readonly scale: number | undefined;
  #items: readonly (Decimal | null)[] | undefined;

  constructor(source: WireSource, texts: Texts, scale: number | undefined, nulls: Uint8Array | undefined) {
    super("DECIMAL128", texts.count, nulls);
    this.#source = source;
    this.texts = texts;
    this.scale = scale;
  }

  toArray(): readonly (Decimal | null)[] {
    this.#items ??= Array.from({ length: this.rowCount }, (_, row) => this.get(row));
    return this.#items;
  }

  repeat(count: number): readonly (Decimal | null)[] {
    return this.repeatValue(count);
  }

  protected valueAt(row: number): Decimal {
    const start = this.texts.start(row);
    if (this.scale === undefined) {
      const decimal = parseDecimal(this.texts.textAt(row));
      if (decimal === undefined) {
        throw this.#source.malformed(
          start,
          `the text of row ${row} is no decimal, and no scale says that it is an integer`,
        );
      }
      return decimal;
    }
    return new Decimal(readDecimal(this.#source.view, start, this.texts.end(row)), this.scale);
  }
}
