import duckdb from "@duckdb/node-bindings";
import { textEntry } from "../encode/text-entry.ts";
import type { VectorType } from "../encode/vector-type.ts";

/** How a DuckDB type answers: as which vector, and how DuckDB itself brings its values into that vector's memory. */
export interface FieldType {
  readonly type: VectorType;
  /** DECIMAL128: digits behind the point. Else 0. */
  readonly scale: number;
  /** Bytes that a converted value takes in DuckDB's memory. */
  readonly width: number;
  /** Whether a converted value is text or a blob, of any length. */
  readonly isText: boolean;
  /** The SQL that converts a column. */
  readonly convert: (column: string) => string;
}

const { Type } = duckdb;

const asIs = (column: string): string => column;
const castTo =
  (type: string) =>
  (column: string): string =>
    `CAST(${column} AS ${type})`;

const fixed = (type: VectorType, width: number, convert = asIs): FieldType => ({
  type,
  scale: 0,
  width,
  isText: false,
  convert,
});
const text = (type: VectorType, convert: (column: string) => string): FieldType => ({
  ...fixed(type, textEntry.bytes, convert),
  isText: true,
});
const decimal = (scale: number): FieldType => ({
  type: "DECIMAL128",
  scale,
  width: 16,
  isText: false,
  convert: castTo(`DECIMAL(38, ${scale})`),
});

// Functions are named in full: a macro of a user's must not stand in for them.
const asJson = (column: string): string => `CAST(system.main.to_json(${column}) AS VARCHAR)`;

const finiteMicros =
  (what: string, micros = (column: string) => `system.main.epoch_us(${column})`) =>
  (column: string): string =>
    `CASE WHEN system.main.isfinite(CAST(${column} AS TIMESTAMP)) THEN ${micros(column)} WHEN ${column} IS NOT NULL ` +
    `THEN system.main.error('an infinite ${what} has no form in a result: cast it to VARCHAR') END`;

/** What lies below a microsecond is dropped, always towards the past. */
const nanosToMicros = (column: string): string =>
  `system.main.epoch_us(${column}) - CASE WHEN system.main.epoch_ns(${column}) % 1000 < 0 THEN 1 ELSE 0 END`;

const dayTimeMicros = (column: string): string =>
  `CASE WHEN system.main.datepart('year', ${column}) = 0 AND system.main.datepart('month', ${column}) = 0 ` +
  `THEN system.main.epoch_us(${column}) WHEN ${column} IS NOT NULL ` +
  "THEN system.main.error('an interval with months has no form in a result: cast it to VARCHAR') END";

/** A column that is nothing but NULL. */
export const nullFieldType = fixed("NULL", 1, () => "CAST(NULL AS BOOLEAN)");

const integer = fixed("INTEGER", 4, castTo("INTEGER"));
const integerAsDecimal = decimal(0);

const byTypeId = new Map<duckdb.Type, FieldType>([
  [Type.BOOLEAN, fixed("BOOLEAN", 1)],
  [Type.TINYINT, integer],
  [Type.SMALLINT, integer],
  [Type.INTEGER, fixed("INTEGER", 4)],
  [Type.UTINYINT, integer],
  [Type.USMALLINT, integer],
  [Type.UINTEGER, fixed("LONG", 8, castTo("BIGINT"))],
  [Type.BIGINT, fixed("LONG", 8)],
  [Type.UBIGINT, integerAsDecimal],
  [Type.HUGEINT, integerAsDecimal],
  [Type.UHUGEINT, integerAsDecimal],
  [Type.FLOAT, fixed("FLOAT", 4)],
  [Type.DOUBLE, fixed("DOUBLE", 8)],
  [Type.VARCHAR, text("STRING", asIs)],
  [Type.BLOB, text("BINARY", asIs)],
  [Type.DATE, fixed("DATE", 8, finiteMicros("date"))],
  [Type.TIMESTAMP, fixed("TIMESTAMP", 8, finiteMicros("timestamp"))],
  [Type.TIMESTAMP_S, fixed("TIMESTAMP", 8, finiteMicros("timestamp"))],
  [Type.TIMESTAMP_MS, fixed("TIMESTAMP", 8, finiteMicros("timestamp"))],
  [Type.TIMESTAMP_NS, fixed("TIMESTAMP", 8, finiteMicros("timestamp", nanosToMicros))],
  [Type.TIMESTAMP_TZ, fixed("TIMESTAMP_TZ", 8, finiteMicros("timestamp"))],
  [Type.INTERVAL, fixed("INTERVAL_DAY_SECOND", 8, dayTimeMicros)],
  [Type.LIST, text("ARRAY", asJson)],
  [Type.ARRAY, text("ARRAY", asJson)],
  [Type.MAP, text("MAP", asJson)],
  [Type.STRUCT, text("STRUCT", asJson)],
  [Type.SQLNULL, nullFieldType],
]);

/** Every other type (UUID, TIME, ENUM, BIT, UNION, VARIANT, …) answers as the text that DuckDB shows. */
const otherAsText = text("STRING", castTo("VARCHAR"));

/** How columns of a DuckDB type answer. */
export function fieldTypeOf(type: duckdb.LogicalType): FieldType {
  const id = duckdb.get_type_id(type);
  if (id === Type.DECIMAL) {
    return decimal(duckdb.decimal_scale(type));
  }
  return byTypeId.get(id) ?? otherAsText;
}
