import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import type { Binding } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { fieldTypeOf } from "./field-type.ts";
import type { ResultColumn } from "./result-column.ts";
import { textRows } from "./text-rows.ts";
import { typeSql } from "./type-sql.ts";

/** The temporary table that holds a statement's result, converted; each connection has its own. */
export const resultTable = "e6_result";
/** Rows of a statement that is no query, as it gave them. */
const stagingTable = "e6_staging";

/** What a run left behind: its result lies in {@link resultTable}. */
export interface Materialised {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: bigint;
  /** DuckDB's profile of the run; nothing for a statement that is no query. */
  readonly profile: unknown;
}

/** Runs a statement once, with its result into the connection's result table. */
export async function materialise(
  connection: DuckDbConnection,
  statement: Admitted,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  if (statement.kind !== duckdb.StatementType.SELECT) {
    return await runAsTransaction(connection, statement, columns, bindings);
  }
  const resolved = bindings.length === 0 ? columns : await boundColumns(connection, statement.body, columns, bindings);
  return await runQuery(connection, statement.body, resolved, bindings);
}

/** The types of columns that depend on the values bound. `LIMIT 0` runs nothing. */
async function boundColumns(
  connection: DuckDbConnection,
  body: string,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<readonly ResultColumn[]> {
  const prepared = await connection.prepare(`SELECT * FROM (\n${body}\n) LIMIT 0`);
  bindAll(prepared, bindings);
  const result = await connection.run(prepared);
  duckdb.destroy_prepare_sync(prepared);
  return columns.map(({ name }, i) => ({ name, ...fieldTypeOf(duckdb.column_logical_type(result, i)) }));
}

async function runQuery(
  connection: DuckDbConnection,
  body: string,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  const prepared = await connection.prepare(`EXPLAIN (ANALYZE, FORMAT JSON) ${createResult(columns, `(\n${body}\n)`)}`);
  bindAll(prepared, bindings);
  const result = await connection.run(prepared);
  duckdb.destroy_prepare_sync(prepared);
  const profile = (await textRows(connection, result))[0]?.[1] ?? "{}";
  return { columns, rowCount: await countRows(connection), profile: JSON.parse(profile) };
}

/** The statement and the keeping of its rows happen both or not at all. */
async function runAsTransaction(
  connection: DuckDbConnection,
  statement: Admitted,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  const staged = stagedColumns(statement.prepared);
  await connection.query("BEGIN TRANSACTION");
  await connection.query(`CREATE TEMP TABLE ${stagingTable} (${staged.join(", ")})`);
  bindAll(statement.prepared, bindings);
  const result = await connection.run(statement.prepared);
  await connection.append(result, stagingTable);
  await connection.query(createResult(columns, `temp.main.${stagingTable}`));
  await connection.query(`DROP TABLE temp.main.${stagingTable}`);
  const rowCount = await countRows(connection);
  await connection.query("COMMIT");
  return { columns, rowCount, profile: undefined };
}

function stagedColumns(prepared: duckdb.PreparedStatement): string[] {
  return Array.from({ length: duckdb.prepared_statement_column_count(prepared) }, (_, i) => {
    const type = typeSql(duckdb.prepared_statement_column_logical_type(prepared, i));
    if (type === undefined) {
      const name = duckdb.prepared_statement_column_name(prepared, i);
      throw new SqlError(`Not implemented Error: column ${name} cannot be returned as it is: cast it to VARCHAR`);
    }
    return `c${i} ${type}`;
  });
}

function createResult(columns: readonly ResultColumn[], source: string): string {
  const names = columns.map((_, i) => `c${i}`).join(", ");
  const converted = columns.map(({ convert }, i) => convert(`q.c${i}`)).join(", ");
  return `CREATE TEMP TABLE ${resultTable} (${names}) AS SELECT ${converted} FROM ${source} AS q (${names})`;
}

function bindAll(prepared: duckdb.PreparedStatement, bindings: readonly Binding[]): void {
  for (const bind of bindings) {
    bind(prepared);
  }
}

async function countRows(connection: DuckDbConnection): Promise<bigint> {
  const result = await connection.query(`SELECT CAST(system.main.count(*) AS VARCHAR) FROM temp.main.${resultTable}`);
  return BigInt((await textRows(connection, result))[0]?.[0] ?? "0");
}
