import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import { type Binding, bindAll } from "./bound-value.ts";
import { refineColumns } from "./column-refinement.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { innerErrorText } from "./error-text.ts";
import type { ResultColumn } from "./result-column.ts";
import { sqlTokens } from "./sql-text.ts";
import { textRows } from "./text-rows.ts";
import { typeSql } from "./type-sql.ts";

/** The temporary table that holds a statement's result, converted; each connection has its own. */
export const resultTable = "temp.main.e6_result";
/** Rows of a statement that is no query, as it gave them. */
const stagingTable = "e6_staging";

/** What a run left behind: its result lies in {@link resultTable}. */
export interface Materialised {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: bigint;
  /** DuckDB's profile of the run, where it has one: it profiles queries only, and not those of mere constants. */
  readonly profile: unknown;
}

/** Runs a statement once, with its result into the connection's result table. */
export async function materialise(
  connection: DuckDbConnection,
  statement: Admitted,
  columns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  return statement.kind === duckdb.StatementType.SELECT && !readsCatalog(statement.body)
    ? await runQuery(connection, statement, columns, bindings)
    : await runAsTransaction(connection, statement, columns, bindings);
}

/** A query about the catalog would see the table that is made for its result: that has to be made after its run. */
function readsCatalog(body: string): boolean {
  return [...sqlTokens(body)].some(
    ({ text, kind }) => kind !== "sign" && /^(?:show$|describe$|information_schema$|pg_|sqlite_|duckdb_)/.test(text),
  );
}

/** One run gives both the result and its profile. */
async function runQuery(
  connection: DuckDbConnection,
  statement: Admitted,
  preparedColumns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  const columns = await refineColumns(connection, statement, preparedColumns, bindings);
  const profile = await asInner(async () => {
    const prepared = await connection.prepare(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${createResult(columns, `(\n${statement.body}\n)`)}`,
    );
    bindAll(prepared, bindings);
    const result = await connection.run(prepared);
    duckdb.destroy_prepare_sync(prepared);
    return (await textRows(connection, result))[0]?.[1] ?? "{}";
  });
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
  try {
    bindAll(statement.prepared, bindings);
    const result = await connection.run(statement.prepared);
    await connection.query(`CREATE TEMP TABLE ${stagingTable} (${staged.join(", ")})`);
    await connection.append(result, stagingTable);
    await asInner(() => connection.query(createResult(columns, `temp.main.${stagingTable}`)));
    await connection.query(`DROP TABLE temp.main.${stagingTable}`);
    const rowCount = await countRows(connection);
    await connection.query("COMMIT");
    return { columns, rowCount, profile: undefined };
  } catch (cause) {
    // At once: what the transaction has touched is locked for others. A failed COMMIT has rolled back by itself.
    await connection.release("ROLLBACK");
    throw cause;
  }
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

async function asInner<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof SqlError ? new SqlError(innerErrorText(cause.message), { cause }) : cause;
  }
}

async function countRows(connection: DuckDbConnection): Promise<bigint> {
  const result = await connection.query(`SELECT CAST(system.main.count(*) AS VARCHAR) FROM ${resultTable}`);
  return BigInt((await textRows(connection, result))[0]?.[0] ?? "0");
}
