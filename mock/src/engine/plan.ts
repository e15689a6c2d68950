import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import { type Binding, bindAll } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { textRows } from "./text-rows.ts";

/** DuckDB's plan of a statement as text. The statement does not run. For an EXPLAIN: the plan of what it explains. */
export async function planText(
  connection: DuckDbConnection,
  { body, explained }: Admitted,
  bindings: readonly Binding[],
): Promise<string> {
  const prepared = await prepareExplain(connection, explained ?? body);
  if (prepared === undefined) {
    return "no plan: DuckDB does not explain this kind of statement";
  }
  try {
    bindAll(prepared, bindings);
    const rows = await textRows(connection, await connection.run(prepared));
    return rows.map((row) => row[1] ?? "").join("\n");
  } finally {
    duckdb.destroy_prepare_sync(prepared);
  }
}

/** The statement itself is good SQL already: behind EXPLAIN only its kind can be bad (ANALYZE, COMMENT ON, …). */
async function prepareExplain(
  connection: DuckDbConnection,
  sql: string,
): Promise<duckdb.PreparedStatement | undefined> {
  try {
    return await connection.prepare(`EXPLAIN (FORMAT TEXT) ${sql}`);
  } catch (cause) {
    if (cause instanceof SqlError && cause.message.startsWith("Parser Error")) {
      return undefined;
    }
    throw cause;
  }
}
