import type { FixedWidth } from "./fixed-width.ts";
import { Int64Column } from "./int64-column.ts";
import { StoredColumn } from "./stored-column.ts";

// Each kind has a loop of its own: one loop for all would see many kinds of array, and run several times slower.

/** BOOLEAN: a byte each. */
export class BooleanColumn extends StoredColumn<"BOOLEAN", boolean, Uint8Array> {
  readonly #at: FixedWidth;
  #items: Uint8Array | undefined;

  constructor(at: FixedWidth) {
    super("BOOLEAN", at.rowCount, at.nulls);
    this.#at = at;
  }

  toArray(): Uint8Array {
    this.#items ??= this.#read();
    return this.#items;
  }

  repeat(count: number): Uint8Array {
    return new Uint8Array(count).fill(this.toArray()[0] ?? 0);
  }

  protected valueAt(row: number): boolean {
    return this.#at.view.getUint8(this.#at.start + row) === 1;
  }

  #read(): Uint8Array {
    const { view, start, rowCount, nulls } = this.#at;
    const items = new Uint8Array(rowCount);
    items.set(new Uint8Array(view.buffer, view.byteOffset + start, rowCount));
    return zeroNulls(items, nulls);
  }
}

/** INTEGER: four bytes each. */
export class IntegerColumn extends StoredColumn<"INTEGER", number, Int32Array> {
  readonly #at: FixedWidth;
  #items: Int32Array | undefined;

  constructor(at: FixedWidth) {
    super("INTEGER", at.rowCount, at.nulls);
    this.#at = at;
  }

  toArray(): Int32Array {
    this.#items ??= this.#read();
    return this.#items;
  }

  repeat(count: number): Int32Array {
    return new Int32Array(count).fill(this.toArray()[0] ?? 0);
  }

  protected valueAt(row: number): number {
    return this.#at.view.getInt32(this.#at.start + row * 4);
  }

  #read(): Int32Array {
    const { view, start, rowCount, nulls } = this.#at;
    const items = new Int32Array(rowCount);
    for (let row = 0; row < rowCount; row++) items[row] = view.getInt32(start + row * 4);
    return zeroNulls(items, nulls);
  }
}

/** LONG: eight bytes each. */
export class LongColumn extends Int64Column<"LONG", bigint> {
  constructor(at: FixedWidth) {
    super("LONG", at);
  }

  protected valueAt(row: number): bigint {
    return this.int64At(row);
  }
}

/** DOUBLE: eight bytes each. */
export class DoubleColumn extends StoredColumn<"DOUBLE", number, Float64Array> {
  readonly at: FixedWidth;
  #items: Float64Array | undefined;

  constructor(at: FixedWidth) {
    super("DOUBLE", at.rowCount, at.nulls);
    this.at = at;
  }

  toArray(): Float64Array {
    this.#items ??= this.#read();
    return this.#items;
  }

  repeat(count: number): Float64Array {
    return new Float64Array(count).fill(this.toArray()[0] ?? 0);
  }

  protected valueAt(row: number): number {
    return this.at.view.getFloat64(this.at.start + row * 8);
  }

  #read(): Float64Array {
    const { view, start, rowCount, nulls } = this.at;
    const items = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) items[row] = view.getFloat64(start + row * 8);
    return zeroNulls(items, nulls);
  }
}

/** FLOAT: sent as doubles, so eight bytes each. */
export class FloatColumn extends StoredColumn<"FLOAT", number, Float32Array> {
  readonly #at: FixedWidth;
  #items: Float32Array | undefined;

  constructor(at: FixedWidth) {
    super("FLOAT", at.rowCount, at.nulls);
    this.#at = at;
  }

  toArray(): Float32Array {
    this.#items ??= this.#read();
    return this.#items;
  }

  repeat(count: number): Float32Array {
    return new Float32Array(count).fill(this.toArray()[0] ?? 0);
  }

  protected valueAt(row: number): number {
    return Math.fround(this.#at.view.getFloat64(this.#at.start + row * 8));
  }

  #read(): Float32Array {
    const { view, start, rowCount, nulls } = this.#at;
    const items = new Float32Array(rowCount);
    for (let row = 0; row < rowCount; row++) items[row] = view.getFloat64(start + row * 8);
    return zeroNulls(items, nulls);
  }
}

/** What stands at a null row in the bytes may be anything; a typed array has 0 there. */
function zeroNulls<Items extends Uint8Array | Int32Array | Float32Array | Float64Array>(
  items: Items,
  nulls: Uint8Array | undefined,
): Items {
  if (nulls !== undefined) {
    for (let row = 0; row < items.length; row++) if (nulls[row] === 1) items[row] = 0;
  }
  return items;
}
