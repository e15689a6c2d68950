import duckdb from "@duckdb/node-bindings";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { innerErrorText } from "./error-text.ts";

/**
 * Refuses what is not one SQL expression. It has to stand both bare and in parentheses: bare, nothing can close a
 * parenthesis that is not its own; in parentheses, nothing can follow the expression (GROUP BY, UNION, a second statement).
 */
export async function assertWhereClause(connection: DuckDbConnection, where: string): Promise<void> {
  if (where.includes("\0")) {
    throw new SqlError("Parser Error: a where clause cannot hold a NUL character: write chr(0)");
  }
  for (const sql of [`SELECT 1 WHERE\n${where}\n`, `SELECT 1 WHERE (\n${where}\n)`]) {
    const { extracted_statements: statements, statement_count: count } = await connection.extract(sql);
    if (count === 0) {
      const reason = innerErrorText(duckdb.extract_statements_error(statements));
      throw new SqlError(`${reason}: a where clause is one expression, such as a > 1 AND b = 'x'`);
    }
    if (count > 1) {
      throw new SqlError("Parser Error: a where clause is one expression, not several statements");
    }
  }
}
