import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import { type Binding, bindAll } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { textRows } from "./text-rows.ts";

/** DuckDB's plan of a statement as text. The statement does not run. For an EXPLAIN: the plan of what it explains. */
export async function planText(
  connection: DuckDbConnection,
  { body, explained, kind }: Admitted,
  bindings: readonly Binding[],
): Promise<string> {
  // VACUUM and ANALYZE are one kind, and DuckDB cannot explain all of its forms.
  if (kind === duckdb.StatementType.VACUUM || kind === duckdb.StatementType.ANALYZE) {
    return "no plan: the statement looks at the database's own storage";
  }
  const prepared = await connection.prepare(`EXPLAIN (FORMAT TEXT) ${explained ?? body}`);
  bindAll(prepared, bindings);
  const result = await connection.run(prepared);
  duckdb.destroy_prepare_sync(prepared);
  const rows = await textRows(connection, result);
  return rows.map((row) => row[1] ?? "").join("\n");
}
