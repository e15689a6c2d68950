import duckdb from "@duckdb/node-bindings";
import { type Binding, bindAll } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { nullFieldType } from "./field-type.ts";
import { type ResultColumn, resultColumns } from "./result-column.ts";
import { sqlTokens } from "./sql-text.ts";
import { textRows } from "./text-rows.ts";

// What a prepared query says of its columns is not all there is to know. Each step here asks DuckDB a question whose plan
// reads no row of the query: nothing of it runs twice.

/** The columns of a query with its values bound. Their names are those given, or else DuckDB's in a subquery. */
export async function boundColumns(
  connection: DuckDbConnection,
  body: string,
  bindings: readonly Binding[],
  named: readonly ResultColumn[] | undefined,
): Promise<readonly ResultColumn[]> {
  const columns = resultColumns(await ask(connection, `SELECT * FROM (\n${body}\n) LIMIT 0`, bindings));
  return columns.map((column, i) => ({ ...column, name: named?.[i]?.name ?? column.name }));
}

/** The columns of a query with bare NULLs and DATETIMEs told apart. */
export async function refineColumns(
  connection: DuckDbConnection,
  body: string,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<readonly ResultColumn[]> {
  const typed = await withNulls(connection, body, columns, bindings);
  return typed.some(({ type }) => type === "TIMESTAMP")
    ? await withDatetimes(connection, connection.tableNames(body), typed)
    : typed;
}

/** DuckDB calls the type of a bare NULL an INTEGER at last: only from within can it be told apart. */
async function withNulls(
  connection: DuckDbConnection,
  body: string,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<readonly ResultColumn[]> {
  if (!columns.some(({ type }) => type === "INTEGER") || ![...sqlTokens(body)].some(({ text }) => text === "null")) {
    return columns;
  }
  const names = columns.map((_, i) => `c${i}`);
  const types = names.map((name) => `system.main.typeof(q.${name})`).join(", ");
  const question = `SELECT ${types} FROM (VALUES (1)) AS one LEFT JOIN (\n${body}\n) AS q (${names.join(", ")}) ON false`;
  const [answer = []] = await textRows(connection, await ask(connection, question, bindings));
  return columns.map((column, i) => (answer[i] === '"NULL"' ? { name: column.name, ...nullFieldType } : column));
}

/** A TIMESTAMP answers as DATETIME where one of the tables has a column of its name whose comment is DATETIME. */
export async function withDatetimes(
  connection: DuckDbConnection,
  tables: readonly string[],
  columns: readonly ResultColumn[],
): Promise<readonly ResultColumn[]> {
  const rows = await textRows(connection, await connection.query(datetimeColumns));
  const names = new Set(rows.flatMap(([table = "", column = ""]) => (isAmong(tables, table) ? [column] : [])));
  return columns.map((column) =>
    column.type === "TIMESTAMP" && names.has(column.name) ? { ...column, type: "DATETIME" } : column,
  );
}

const datetimeColumns =
  "SELECT table_name, column_name FROM system.main.duckdb_columns() WHERE lower(comment) = 'datetime'";

function isAmong(tables: readonly string[], table: string): boolean {
  return tables.some((name) => name.toLowerCase() === table.toLowerCase());
}

async function ask(
  connection: DuckDbConnection,
  question: string,
  bindings: readonly Binding[],
): Promise<duckdb.Result> {
  const prepared = await connection.prepare(question);
  try {
    bindAll(prepared, bindings);
    return await connection.run(prepared);
  } finally {
    duckdb.destroy_prepare_sync(prepared);
  }
}
