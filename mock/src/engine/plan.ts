import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import type { Binding } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { textRows } from "./text-rows.ts";

/** DuckDB's plan of a statement as text. The statement does not run. For an EXPLAIN: the plan of what it explains. */
export async function planText(
  connection: DuckDbConnection,
  { body, explained }: Admitted,
  bindings: readonly Binding[],
): Promise<string> {
  const prepared = await connection.prepare(`EXPLAIN (FORMAT TEXT) ${explained ?? body}`);
  for (const bind of bindings) {
    bind(prepared);
  }
  const result = await connection.run(prepared);
  duckdb.destroy_prepare_sync(prepared);
  const rows = await textRows(connection, result);
  return rows.map((row) => row[1] ?? "").join("\n");
}
