import type { CalendarDate } from "./calendar-date.ts";
import type { Decimal } from "./decimal.ts";
import type { Interval } from "./interval.ts";
import type { Timestamp } from "./timestamp.ts";

/** Whatever a cell can hold. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | CalendarDate
  | Decimal
  | Interval
  | Timestamp;

/** A column of a batch. Nothing of it is decoded before it is asked for. */
export interface ColumnOf<Type, Item, Items> {
  /** What the column holds: the type in the batch, which stands above that in the metadata. */
  readonly type: Type;
  /** Rows of the batch. */
  readonly rowCount: number;
  /**
   * One value. For many of them `toArray()` is faster.
   *
   * @throws E6Error `INVALID_PARAMETER` where there is no such row, `MALFORMED_RESULT` where the value's text is not UTF-8 or no decimal.
   */
  get(row: number): Item | null;
  /** @throws E6Error `INVALID_PARAMETER` where there is no such row. */
  isNull(row: number): boolean;
  /**
   * All values: a typed array, 0 where null, for types of fixed width; otherwise an array, null where null. Made once and kept: it
   * belongs to the column, so do not write to it.
   *
   * @throws E6Error `MALFORMED_RESULT` where a value's text is not UTF-8 or no decimal.
   */
  toArray(): Items;
}

/** A column of a batch, told apart by its `type`. Typed arrays of dates, timestamps and intervals hold microseconds, those of booleans 0 and 1. */
export type Column =
  | ColumnOf<"LONG", bigint, BigInt64Array>
  | ColumnOf<"INTEGER", number, Int32Array>
  | ColumnOf<"DOUBLE", number, Float64Array>
  | ColumnOf<"FLOAT", number, Float32Array>
  | ColumnOf<"BOOLEAN", boolean, Uint8Array>
  | ColumnOf<"DATE", CalendarDate, BigInt64Array>
  | ColumnOf<"DATETIME" | "TIMESTAMP" | "TIMESTAMP_TZ", Timestamp, BigInt64Array>
  | ColumnOf<"INTERVAL_DAY_SECOND", Interval, BigInt64Array>
  | ColumnOf<"DECIMAL128", Decimal, readonly (Decimal | null)[]>
  | ColumnOf<"STRING" | "ARRAY" | "MAP" | "STRUCT", string, readonly (string | null)[]>
  | ColumnOf<"BINARY", Uint8Array, readonly (Uint8Array | null)[]>
  | ColumnOf<"NULL", null, readonly null[]>;
