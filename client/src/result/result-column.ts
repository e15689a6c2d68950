import { invalidParameter } from "../invalid-parameter.ts";
import type { Column, ColumnOf, Value } from "../wire/column.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { type ColumnPart, concatParts } from "./column-array.ts";
import { type ColumnReading, cellReader } from "./column-reading.ts";
import { columnType } from "./column-type.ts";
import type { DialectValues, JsonValue, PlainValue } from "./dialect.ts";

/** What tells a column of a whole result from that of a batch. */
export interface Named {
  /** Its name in row objects: unique in the result. */
  readonly name: string;
  /** What the metadata says of it. */
  readonly field: ResultField;
}

/** The type of a column whose batches do not agree on one. */
export type MixedType = "MIXED";
/** The type of a column of a whole result. */
export type ColumnType = Column["type"] | MixedType;

/** A column of exact values: arrays as in a batch. */
export type ExactColumn = Named & (Column | ColumnOf<MixedType, Value, readonly Value[]>);

/** A column of plain values. Typed arrays of dates and timestamps hold milliseconds since the epoch, those of booleans 0 and 1. */
export type PlainColumn = Named &
  (
    | ColumnOf<"LONG" | "DOUBLE" | "INTERVAL_DAY_SECOND" | "DECIMAL128", number, Float64Array>
    | ColumnOf<"DATE" | "DATETIME" | "TIMESTAMP" | "TIMESTAMP_TZ", Date, Float64Array>
    | ColumnOf<"INTEGER", number, Int32Array>
    | ColumnOf<"FLOAT", number, Float32Array>
    | ColumnOf<"BOOLEAN", boolean, Uint8Array>
    | ColumnOf<"STRING" | "ARRAY" | "MAP" | "STRUCT", string, readonly (string | null)[]>
    | ColumnOf<"BINARY", Uint8Array, readonly (Uint8Array | null)[]>
    | ColumnOf<"NULL", null, readonly null[]>
    | ColumnOf<MixedType, PlainValue, readonly PlainValue[]>
  );

/** A column whose arrays hold values as `get()` gives them. */
export type ValueColumn<Item> = Named & ColumnOf<ColumnType, Item, readonly (Item | null)[]>;

/** The columns of each dialect. */
export interface DialectColumns {
  readonly exact: ExactColumn;
  readonly plain: PlainColumn;
  readonly json: ValueColumn<JsonValue>;
}

/** The columns of a reading: where the caller converts values, an array may hold what the conversions make. */
export type ColumnsOf<D extends keyof DialectColumns, Made> = [Made] extends [never]
  ? DialectColumns[D]
  : Named & ColumnOf<ColumnType, DialectValues[D] | Made, ArrayLike<unknown>>;

/** One column over all batches of a result. Nothing is decoded before it is asked for. */
export function createResultColumn(
  reading: ColumnReading,
  index: number,
  batches: readonly ResultBatch[],
): Named & ColumnOf<ColumnType, unknown, ArrayLike<unknown>> {
  const parts: ColumnPart[] = [];
  let rowCount = 0;
  for (const batch of batches) {
    const column = batch.column(index);
    parts.push({ column, start: rowCount, read: cellReader(reading, column.type) });
    rowCount += batch.rowCount;
  }
  const { name, field } = reading;
  const type = columnType(field, parts);
  let items: ArrayLike<unknown> | undefined;
  return {
    name,
    field,
    type,
    rowCount,
    isNull: (row) => {
      const { column, start } = partOf(parts, row, rowCount);
      return column.isNull(row - start);
    },
    get: (row) => {
      const { column, start, read } = partOf(parts, row, rowCount);
      const value = column.get(row - start);
      return value === null || read === undefined ? value : read(value, row);
    },
    toArray: () => {
      items ??= concatParts(reading, type, parts, rowCount);
      return items;
    },
  };
}

/** The part that a row is in: the last one that does not begin after it. */
function partOf(parts: readonly ColumnPart[], row: number, rowCount: number): ColumnPart {
  if (!(Number.isInteger(row) && row >= 0 && row < rowCount)) {
    throw invalidParameter(`There is no row ${row} in a result of ${rowCount}.`, "Rows count from 0.");
  }
  let low = 0;
  let high = parts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((parts[middle] as ColumnPart).start <= row) low = middle;
    else high = middle;
  }
  // A row that is there is in a part.
  return parts[low] as ColumnPart;
}
