import type { CalendarDate } from "../wire/calendar-date.ts";
import type { Value } from "../wire/column.ts";
import type { Decimal } from "../wire/decimal.ts";
import type { Interval } from "../wire/interval.ts";
import type { Timestamp } from "../wire/timestamp.ts";

/** The ways to read a value, see {@link Dialect}. */
export const dialects = ["exact", "plain", "json"] as const;

/**
 * What a result's values are read as.
 *
 * | type | `exact` | `plain` | `json` |
 * | --- | --- | --- | --- |
 * | LONG | bigint | number | text |
 * | DECIMAL128 | `Decimal` | number | text |
 * | DATE | `CalendarDate` | `Date`, the day's beginning in UTC | ISO-8601 |
 * | DATETIME, TIMESTAMP, TIMESTAMP_TZ | `Timestamp` | `Date` (a moment: it has no zone) | ISO-8601 with the zone's offset |
 * | INTERVAL_DAY_SECOND | `Interval` | number of milliseconds, as two `Date`s differ | ISO-8601 duration |
 * | DOUBLE, FLOAT | number | number | number; `"NaN"`, `"Infinity"`, `"-Infinity"` |
 * | BINARY | `Uint8Array` | `Uint8Array` | base64 |
 * | INTEGER, BOOLEAN, STRING, ARRAY, MAP, STRUCT | number, boolean, text | the same | the same |
 *
 * NULL is null in all of them. `exact` and `json` lose nothing; where `plain` would, see `lossy` of {@link ReadingOptions}.
 *
 * @useDeclaredType
 */
export type Dialect = (typeof dialects)[number];

/** What a cell can hold in the dialect `plain`. */
export type PlainValue = null | boolean | number | string | Uint8Array | Date;

/** What a cell can hold in the dialect `json`. */
export type JsonValue = null | boolean | number | string;

/** What a cell can hold in each dialect. */
export interface DialectValues {
  readonly exact: Value;
  readonly plain: PlainValue;
  readonly json: JsonValue;
}

/** The exact value of each type, where it is not null. */
export interface ExactValues {
  readonly LONG: bigint;
  readonly INTEGER: number;
  readonly DOUBLE: number;
  readonly FLOAT: number;
  readonly BOOLEAN: boolean;
  readonly DATE: CalendarDate;
  readonly DATETIME: Timestamp;
  readonly TIMESTAMP: Timestamp;
  readonly TIMESTAMP_TZ: Timestamp;
  readonly INTERVAL_DAY_SECOND: Interval;
  readonly DECIMAL128: Decimal;
  readonly STRING: string;
  readonly ARRAY: string;
  readonly MAP: string;
  readonly STRUCT: string;
  readonly BINARY: Uint8Array;
}
