import {
  binary,
  bool,
  type DataType,
  dateDay,
  decimal128,
  duration,
  float32,
  float64,
  int32,
  int64,
  nullType,
  TimeUnit,
  type TypedArray,
  timestamp,
  utf8,
} from "@uwdata/flechette";
import type { Column } from "../wire/column.ts";
import type { ColumnLayout } from "../wire/column-layout.ts";
import type { ReadableType } from "../wire/vector-type.ts";
import { packBits } from "./bits.ts";
import { daysOfMicros } from "./date-days.ts";
import { decimalPrecision, type Misfit, packDecimals, packIntegers } from "./decimal-values.ts";
import { repeatItems } from "./repeat-items.ts";
import { packBytes, packTexts, repeatText } from "./text-buffers.ts";

/** A column of a batch that has values, and what its buffers depend on beside it. */
export interface ArrowInput {
  readonly column: Column;
  readonly layout: ColumnLayout;
  /** The scale that decimals are to have. */
  readonly scale: number;
  readonly misfit: Misfit;
}

/** What Arrow wants of a column of a batch. */
export interface ArrowBuffers {
  /** A byte for each row, 1 where it is null; undefined where no row is. */
  readonly nulls?: Uint8Array | undefined;
  readonly values?: TypedArray;
  readonly offsets?: Int32Array;
}

/** How the columns of a type become Arrow's. */
export interface ArrowForm {
  readonly type: (scale: number) => DataType;
  /** Undefined where no row has a value after all. */
  readonly buffers: (input: ArrowInput) => ArrowBuffers | undefined;
  /** What stands in for the values of rows that are all null. */
  readonly nothing: (rowCount: number) => ArrowBuffers;
}

/** Types whose arrays are what Arrow wants, or nearly so. */
function direct<Items extends TypedArray>(
  type: () => DataType,
  Items: new (length: number) => Items,
  values: (items: Items) => TypedArray = (items) => items,
): ArrowForm {
  return {
    type,
    // The columns of the types below have arrays of the kind that the table says.
    buffers: ({ column, layout }) => ({ nulls: layout.nulls, values: values(column.toArray() as TypedArray as Items) }),
    nothing: (rowCount) => ({ values: values(new Items(rowCount)) }),
  };
}

/** Types whose values lie as texts do. */
function gathered(
  type: () => DataType,
  pack: typeof packTexts,
  partOf: (layout: ColumnLayout) => ColumnLayout | undefined = (layout) => layout,
): ArrowForm {
  return {
    type,
    buffers: ({ column, layout }) => {
      const { texts, nulls } = partOf(layout.one ?? layout) ?? {};
      if (texts === undefined) return undefined;
      const buffers = pack(texts, nulls);
      return layout.one ? repeatText(buffers, column.rowCount) : { nulls, ...buffers };
    },
    nothing: (rowCount) => ({ values: new Uint8Array(), offsets: new Int32Array(rowCount + 1) }),
  };
}

function decimalBuffers({ column, layout, scale, misfit }: ArrowInput): ArrowBuffers | undefined {
  const { texts, nulls, scale: own } = layout.one ?? layout;
  if (column.type !== "DECIMAL128" || texts === undefined) return undefined;
  const values =
    own === scale
      ? packIntegers(texts, nulls, misfit)
      : packDecimals(texts.count, (row) => column.get(row), scale, misfit);
  return { nulls, values: layout.one ? repeatItems(integers(column.rowCount), values) : values };
}

/** Room for integers of 16 bytes. */
function integers(count: number): BigUint64Array {
  return new BigUint64Array(count * 2);
}

const text = gathered(utf8, packTexts);
const moment = direct(() => timestamp(TimeUnit.MICROSECOND), BigInt64Array);

/** The form of each type. Types with one form are one type to Arrow. */
export const arrowForms: Readonly<Record<ReadableType, ArrowForm>> = {
  BOOLEAN: direct(bool, Uint8Array, packBits),
  INTEGER: direct(int32, Int32Array),
  LONG: direct(int64, BigInt64Array),
  FLOAT: direct(float32, Float32Array),
  DOUBLE: direct(float64, Float64Array),
  DECIMAL128: {
    type: (scale) => decimal128(decimalPrecision, scale),
    buffers: decimalBuffers,
    nothing: (rowCount) => ({ values: integers(rowCount) }),
  },
  DATE: direct(dateDay, BigInt64Array, daysOfMicros),
  DATETIME: moment,
  TIMESTAMP: moment,
  TIMESTAMP_TZ: direct(() => timestamp(TimeUnit.MICROSECOND, "UTC"), BigInt64Array),
  INTERVAL_DAY_SECOND: direct(() => duration(TimeUnit.MICROSECOND), BigInt64Array),
  STRING: text,
  ARRAY: text,
  MAP: text,
  STRUCT: text,
  BINARY: gathered(binary, packBytes),
  NULL: { type: nullType, buffers: () => undefined, nothing: () => ({}) },
};

/** The zones of timestamps, as texts; null where there is none. */
export const zoneForm: ArrowForm = gathered(utf8, packTexts, ({ zones }) => zones);
