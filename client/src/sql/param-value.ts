import type { E6Error } from "../error.ts";
import type { CalendarDate } from "../wire/calendar-date.ts";
import { civilTime } from "../wire/civil-time.ts";
import { Decimal } from "../wire/decimal.ts";
import type { Interval } from "../wire/interval.ts";
import { Timestamp } from "../wire/timestamp.ts";
import { valueClassOf } from "../wire/value-class.ts";
import { refused } from "./refused.ts";
import { isTemporal, type TemporalValue, temporalValue } from "./temporal-value.ts";

/** One value of a parameter. {@link ParamValue} says what becomes of each type. */
export type ParamScalar =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | ArrayBuffer
  | Date
  | CalendarDate
  | Decimal
  | Interval
  | Timestamp
  | TemporalValue;

/**
 * A value of a parameter, or the list of an `IN (…)`. Nothing of it is rounded or cut on its way:
 *
 * | JavaScript | becomes |
 * | --- | --- |
 * | `null` | NULL |
 * | `boolean` | BOOLEAN |
 * | `number` | LONG if it is a safe integer, else DOUBLE: fractions, -0, NaN, ±Infinity, and integers from 2^53 on |
 * | `bigint` | LONG; beyond 64 bits DECIMAL128 of at most 38 digits |
 * | `string` | STRING. Lone surrogates are refused: they have no UTF-8 |
 * | `Decimal` | DECIMAL128 of its scale; at most 38 digits, 38 of them behind the point |
 * | `Uint8Array`, `ArrayBuffer` | BINARY |
 * | `CalendarDate`, `Temporal.PlainDate` | DATE |
 * | `Date`, `Temporal.Instant` | TIMESTAMP, in UTC |
 * | `Temporal.PlainDateTime` | TIMESTAMP, as it stands |
 * | `Timestamp` | TIMESTAMP in UTC, or with a zone TIMESTAMP_TZ in the zone's offset at that moment |
 * | `Temporal.ZonedDateTime` | TIMESTAMP_TZ, likewise |
 * | `Interval`, `Temporal.Duration` without months and years | INTERVAL_DAY_SECOND |
 * | arrays | the values of an `IN (…)` or `IN …`, one by one, and nowhere else; an empty one has to stand alone there, and matches nothing |
 *
 * Everything else is refused by its type's name, `undefined` too. Temporal values with parts of a microsecond are refused.
 */
export type ParamValue = ParamScalar | readonly ParamScalar[];

/** Tells whether a value is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A value as the engine takes it: a field type and the value's text. */
export interface EncodedParameter {
  readonly type: ParameterType;
  readonly value: string;
}

/** The field types that values are sent as. */
export type ParameterType =
  | "NULL"
  | "BOOLEAN"
  | "LONG"
  | "DOUBLE"
  | "DECIMAL128"
  | "STRING"
  | "BINARY"
  | "DATE"
  | "TIMESTAMP"
  | "TIMESTAMP_TZ"
  | "INTERVAL_DAY_SECOND";

/** Digits of the engine's widest decimal. */
const maxDigits = 38;
const int64Limit = 2n ** 63n;

/**
 * Encodes one value as {@link ParamValue} says. Nothing is rounded or cut.
 *
 * @param name what an error calls the value, never the value itself
 * @throws E6Error `INVALID_PARAMETER`
 */
export function encodeParameter(value: unknown, name: string): EncodedParameter {
  switch (typeof value) {
    case "boolean":
      return { type: "BOOLEAN", value: `${value}` };
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? { type: "LONG", value: `${value}` }
        : { type: "DOUBLE", value: Object.is(value, -0) ? "-0" : `${value}` };
    case "bigint":
      return isInt64(value) ? { type: "LONG", value: `${value}` } : encodeDecimal(new Decimal(value, 0), name);
    case "string":
      if (!value.isWellFormed()) throw refused(name, "holds a lone surrogate, which has no UTF-8");
      return { type: "STRING", value };
    case "object":
      return value === null ? { type: "NULL", value: "" } : encodeObject(value, name);
    default:
      throw refusedType(value, name);
  }
}

function encodeObject(value: object, name: string): EncodedParameter {
  const plain = isTemporal(value) ? temporalValue(value, name) : value;
  switch (valueClassOf(plain)) {
    // The mark says what each of them is.
    case "Decimal":
      return encodeDecimal(plain as Decimal, name);
    case "CalendarDate":
      return { type: "DATE", value: yearText(civilTime(int64((plain as CalendarDate).micros, name)).date) };
    case "Timestamp":
      return encodeTimestamp(plain as Timestamp, name);
    case "Interval":
      return { type: "INTERVAL_DAY_SECOND", value: `${int64((plain as Interval).micros, name)}` };
  }
  // By tag, not by class: a value from another realm is as good.
  switch (Object.prototype.toString.call(value)) {
    case "[object Date]": {
      const millis = Number(value);
      if (Number.isNaN(millis)) throw refused(name, "is an invalid Date");
      return encodeTimestamp(new Timestamp(BigInt(millis) * 1000n), name);
    }
    case "[object Uint8Array]":
      return { type: "BINARY", value: hex(value as Uint8Array) }; // The tag says so.
    case "[object ArrayBuffer]":
      return { type: "BINARY", value: hex(new Uint8Array(value as ArrayBuffer)) }; // Likewise.
    default:
      throw refusedType(value, name);
  }
}

function encodeDecimal({ unscaled, scale }: Decimal, name: string): EncodedParameter {
  const digits = `${unscaled < 0n ? -unscaled : unscaled}`.length;
  if (Math.max(digits, scale, unscaled === 0n ? 1 : digits - scale) > maxDigits) {
    throw refused(name, `needs more than the ${maxDigits} digits of a DECIMAL128`);
  }
  return { type: "DECIMAL128", value: new Decimal(unscaled, scale).toString() };
}

function encodeTimestamp(timestamp: Timestamp, name: string): EncodedParameter {
  const { date, time } = civilTime(int64(timestamp.micros, name));
  return timestamp.zone === null
    ? { type: "TIMESTAMP", value: `${yearText(date)} ${time}` }
    : { type: "TIMESTAMP_TZ", value: yearText(timestamp.toString().replace("T", " ")) };
}

/** Engines know no plus before a year. */
function yearText(text: string): string {
  return text.replace(/^\+/, "");
}

function int64(micros: bigint, name: string): bigint {
  if (!isInt64(micros)) throw refused(name, "lies beyond 64 bits of microseconds");
  return micros;
}

function isInt64(value: bigint): boolean {
  return value >= -int64Limit && value < int64Limit;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The error for a type that has no rule. */
function refusedType(value: unknown, name: string): E6Error {
  const hint = value === undefined ? "Give null for NULL." : "Convert it to a type that can be one.";
  return refused(name, `is of the type ${typeName(value)}, which cannot be a parameter`, hint);
}

/** What a value is, by its prototype: what it holds could be a secret. */
export function typeName(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "Object";
}
