import duckdb from "@duckdb/node-bindings";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { type BoundValue, SqlError } from "./engine.ts";
import { textRows } from "./text-rows.ts";
import { quoteText } from "./type-sql.ts";

/** Puts a value into one statement, at a place counted from 1. */
export type Binding = (prepared: duckdb.PreparedStatement) => void;

const microsPerDay = 86_400_000_000n;

/** The DuckDB type that reads the text of a value of a field type. */
const typeOfText: ReadonlyMap<string, string> = new Map([
  ["BYTE", "BIGINT"],
  ["SHORT", "BIGINT"],
  ["INT", "BIGINT"],
  ["INTEGER", "BIGINT"],
  ["LONG", "BIGINT"],
  ["DOUBLE", "DOUBLE"],
  ["FLOAT", "DOUBLE"],
  ["BOOLEAN", "BOOLEAN"],
  ["DATE", "DATE"],
  ["DATETIME", "TIMESTAMP"],
  ["TIMESTAMP", "TIMESTAMP"],
  ["TIMESTAMP_TZ", "TIMESTAMPTZ"],
]);

/**
 * Reads values for the placeholders of a statement: numbers, booleans, dates and times as DuckDB reads their text,
 * BINARY as hex digits, INTERVAL_DAY_SECOND as microseconds, any other type as text. Rejects with a {@link SqlError}
 * when a text cannot be read, or when the values are not those that the statement asks for.
 */
export async function readBindings(
  connection: DuckDbConnection,
  values: readonly BoundValue[],
  placeholders: number,
): Promise<readonly Binding[]> {
  const indices = new Set(values.map(({ index }) => index));
  if (values.length !== placeholders || indices.size !== placeholders || [...indices].some((i) => i >= placeholders)) {
    throw new SqlError(`Invalid Input Error: ${placeholders} values are needed, ${values.length} were given`);
  }
  const bindings: Binding[] = [];
  for (const value of values) {
    bindings.push(await readBinding(connection, value));
  }
  return bindings;
}

async function readBinding(connection: DuckDbConnection, { index, type, value }: BoundValue): Promise<Binding> {
  const at = index + 1;
  const name = type.toUpperCase();
  switch (name) {
    case "NULL":
      return (prepared) => duckdb.bind_null(prepared, at);
    case "DECIMAL128":
      return bindDecimal(at, value);
    case "BINARY":
      return bindBinary(at, value);
    case "INTERVAL_DAY_SECOND":
      return bindInterval(at, value);
    default: {
      const readAs = typeOfText.get(name);
      return readAs === undefined
        ? (prepared) => duckdb.bind_varchar(prepared, at, value)
        : bindRead(at, readAs, await readText(connection, value, readAs));
    }
  }
}

/** DuckDB reads the text: numbers and booleans come back in one form, dates and times as microseconds. */
async function readText(connection: DuckDbConnection, value: string, type: string): Promise<string> {
  const read = `CAST(${quoteText(value)} AS ${type})`;
  const plain = type === "BIGINT" || type === "DOUBLE" || type === "BOOLEAN";
  const result = await connection.query(`SELECT CAST(${plain ? read : `system.main.epoch_us(${read})`} AS VARCHAR)`);
  return (await textRows(connection, result))[0]?.[0] ?? "";
}

function bindRead(at: number, type: string, text: string): Binding {
  switch (type) {
    case "BIGINT":
      return (prepared) => duckdb.bind_int64(prepared, at, BigInt(text));
    case "DOUBLE":
      return (prepared) => duckdb.bind_double(prepared, at, doubleOf(text));
    case "BOOLEAN":
      return (prepared) => duckdb.bind_boolean(prepared, at, text === "true");
    case "DATE":
      return (prepared) => duckdb.bind_date(prepared, at, { days: Number(BigInt(text) / microsPerDay) });
    case "TIMESTAMP":
      return (prepared) => duckdb.bind_timestamp(prepared, at, { micros: BigInt(text) });
    default:
      return (prepared) => duckdb.bind_timestamp_tz(prepared, at, { micros: BigInt(text) });
  }
}

function doubleOf(text: string): number {
  const special: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: NaN };
  return special[text] ?? Number(text);
}

function bindDecimal(at: number, value: string): Binding {
  const digits = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(value.trim());
  const [, sign = "", whole = "", fraction = ""] = digits ?? [];
  if (digits === null || whole + fraction === "") {
    throw new SqlError("Conversion Error: a DECIMAL128 value is digits with at most one point");
  }
  if (whole.replace(/^0+/, "").length + fraction.length > 38) {
    throw new SqlError("Conversion Error: a DECIMAL128 value has at most 38 digits");
  }
  const unscaled = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return (prepared) => duckdb.bind_decimal(prepared, at, { width: 38, scale: fraction.length, value: unscaled });
}

function bindBinary(at: number, value: string): Binding {
  if (!/^(?:[0-9a-f]{2})*$/i.test(value)) {
    throw new SqlError("Conversion Error: a BINARY value is pairs of hex digits");
  }
  const bytes = Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return (prepared) => duckdb.bind_blob(prepared, at, bytes);
}

function bindInterval(at: number, value: string): Binding {
  const micros = /^[+-]?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
  if (micros === undefined || micros !== BigInt.asIntN(64, micros)) {
    throw new SqlError("Conversion Error: an INTERVAL_DAY_SECOND value is a number of microseconds of 64 bits");
  }
  return (prepared) => duckdb.bind_interval(prepared, at, { months: 0, days: 0, micros });
}

/** Puts every value into a statement. */
export function bindAll(prepared: duckdb.PreparedStatement, bindings: readonly Binding[]): void {
  for (const bind of bindings) {
    bind(prepared);
  }
}
