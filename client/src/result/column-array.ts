import type { Column } from "../wire/column.ts";
import { type CellReader, type ColumnReading, conversionOf, plainNumberReader, valueReader } from "./column-reading.ts";
import type { PlainNumber } from "./plain-number.ts";
import { plainForms } from "./standard-values.ts";

/** A column's part in one batch. */
export interface ColumnPart {
  readonly column: Column;
  /** Its first row's place in the result. */
  readonly start: number;
  /** How its values are read; undefined where they stay as they are. */
  readonly read: CellReader | undefined;
}

type TypedArray = BigInt64Array | Int32Array | Float64Array | Float32Array | Uint8Array;

const arraysOfType: Readonly<Partial<Record<string, new (length: number) => TypedArray>>> = {
  LONG: BigInt64Array,
  INTEGER: Int32Array,
  DOUBLE: Float64Array,
  FLOAT: Float32Array,
  BOOLEAN: Uint8Array,
  DATE: BigInt64Array,
  DATETIME: BigInt64Array,
  TIMESTAMP: BigInt64Array,
  TIMESTAMP_TZ: BigInt64Array,
  INTERVAL_DAY_SECOND: BigInt64Array,
};

/** All values of a column over its parts: a typed array, 0 where null, where the type and the reading have one. */
export function concatParts(
  reading: ColumnReading,
  type: Column["type"] | "MIXED",
  parts: readonly ColumnPart[],
  rowCount: number,
): ArrayLike<unknown> {
  const { dialect } = reading.reading;
  if (type === "MIXED") return concatValues(parts, rowCount);
  if (type !== "NULL") {
    const form = dialect === "plain" ? plainForms[type] : undefined;
    if (dialect === "json" || conversionOf(reading, type)) return concatValues(parts, rowCount);
    // The form's numbers are made of what the arrays of its type hold.
    if (form) return concatNumbers(reading, form.number as PlainNumber<unknown>, parts, rowCount);
  }
  return concatArrays(type, parts, rowCount);
}

function concatArrays(type: Column["type"], parts: readonly ColumnPart[], rowCount: number): ArrayLike<unknown> {
  const [first] = parts;
  if (parts.length === 1 && first?.column.type === type) return first.column.toArray();
  const TypedArray = arraysOfType[type];
  if (TypedArray === undefined) return concatValues(parts, rowCount);
  const items = new TypedArray(rowCount);
  for (const { column, start } of parts) {
    // One of type NULL has nothing to set; all others have arrays of the type's kind.
    if (column.type !== "NULL") items.set(column.toArray() as ArrayLike<unknown> as ArrayLike<never>, start);
  }
  return items;
}

function concatNumbers(
  reading: ColumnReading,
  number: PlainNumber<unknown>,
  parts: readonly ColumnPart[],
  rowCount: number,
): Float64Array {
  const items = new Float64Array(rowCount);
  const read = plainNumberReader(reading, number);
  for (const { column, start } of parts) {
    const raws: ArrayLike<unknown> = column.toArray();
    for (let row = 0; row < raws.length; row++) {
      if (raws[row] !== null) items[start + row] = read(raws[row], start + row);
    }
  }
  return items;
}

function concatValues(parts: readonly ColumnPart[], rowCount: number): unknown[] {
  const values = new Array<unknown>(rowCount);
  for (const { column, start, read } of parts) {
    const valueAt = valueReader(column);
    for (let row = 0; row < column.rowCount; row++) {
      const value = valueAt(row);
      values[start + row] = value === null || read === undefined ? value : read(value, start + row);
    }
  }
  return values;
}
