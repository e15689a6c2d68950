import duckdb from "@duckdb/node-bindings";
import { type Binding, bindAll } from "./bound-value.ts";
import { refineColumns } from "./column-refinement.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { innerErrorText } from "./error-text.ts";
import type { ResultColumn } from "./result-column.ts";
import { textRows } from "./text-rows.ts";

/** The temporary table that holds a statement's result, converted; each connection has its own. */
export const resultTable = "temp.main.e6_result";

/** What a run left behind: its result lies in {@link resultTable}. */
export interface Materialised {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: bigint;
  /** DuckDB's profile of the run, where it has one: it profiles queries only, and not those of mere constants. */
  readonly profile: unknown;
}

/** Runs a query once, inside the statement that makes its result table: one run gives both the result and its profile. */
export async function runIntoResult(
  connection: DuckDbConnection,
  body: string,
  knownColumns: readonly ResultColumn[],
  bindings: readonly Binding[],
): Promise<Materialised> {
  const columns = await refineColumns(connection, body, knownColumns, bindings);
  const profile = await asInner(async () => {
    const prepared = await connection.prepare(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${createResult(columns, `(\n${body}\n)`)}`,
    );
    bindAll(prepared, bindings);
    const result = await connection.run(prepared);
    duckdb.destroy_prepare_sync(prepared);
    return (await textRows(connection, result))[0]?.[1] ?? "{}";
  });
  return { columns, rowCount: await countRows(connection), profile: JSON.parse(profile) };
}

/** Makes the result table of rows that lie in another table already, column by column. */
export async function convertIntoResult(
  connection: DuckDbConnection,
  columns: readonly ResultColumn[],
  table: string,
): Promise<Materialised> {
  await asInner(() => connection.query(createResult(columns, table)));
  return { columns, rowCount: await countRows(connection), profile: undefined };
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
