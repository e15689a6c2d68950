import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import type { Binding } from "./bound-value.ts";
import { boundColumns } from "./column-refinement.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { preparedColumns } from "./result-column.ts";
import { type Materialised, runIntoResult } from "./result-table.ts";
import { sqlTokens } from "./sql-text.ts";
import { runHeld, runWrite } from "./staging.ts";

/** Runs a statement once, with its result into the connection's result table. */
export async function materialise(
  connection: DuckDbConnection,
  statement: Admitted,
  bindings: readonly Binding[],
): Promise<Materialised> {
  const { kind, body, prepared } = statement;
  if (kind !== duckdb.StatementType.SELECT) {
    return await runWrite(connection, statement, bindings);
  }
  if (readsCatalog(body)) {
    return await runHeld(connection, statement, bindings);
  }
  const named = isUnresolved(prepared) ? undefined : preparedColumns(prepared);
  const columns = bindings.length === 0 ? named : await boundColumns(connection, body, bindings, named);
  return columns === undefined || (named === undefined && mayBeRenamed(columns))
    ? await runHeld(connection, statement, bindings)
    : await runIntoResult(connection, body, columns, bindings);
}

/** Such a query would see the table that is made for its result. */
function readsCatalog(body: string): boolean {
  return [...sqlTokens(body)].some(
    ({ text, kind }) => kind !== "sign" && /^(?:show$|describe$|information_schema$|pg_|sqlite_|duckdb_)/.test(text),
  );
}

/** Whether DuckDB cannot tell the columns before values are bound. */
function isUnresolved(prepared: duckdb.PreparedStatement): boolean {
  return (
    duckdb.prepared_statement_column_count(prepared) === 1 &&
    duckdb.prepared_statement_column_type(prepared, 0) === duckdb.Type.INVALID
  );
}

/** In a subquery DuckDB puts a number behind a name that comes twice; only the query's own answer has the true one. */
function mayBeRenamed(columns: readonly { readonly name: string }[]): boolean {
  return columns.some(({ name }) => /_\d+$/.test(name));
}
