import duckdb from "@duckdb/node-bindings";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { innerErrorText } from "./error-text.ts";

/**
 * Refuses what closes a parenthesis that is not its own: it has to stand behind a bare WHERE. What would follow an
 * expression there (GROUP BY, UNION, a second statement) is refused by the parentheses that a step puts around it.
 */
export async function assertWhereClause(connection: DuckDbConnection, where: string): Promise<void> {
  const { extracted_statements: statements, statement_count: count } = await connection.extract(
    `SELECT 1 WHERE\n${where}\n`,
  );
  if (count !== 1) {
    const reason =
      count > 1
        ? "Parser Error: there are two statements"
        : innerErrorText(duckdb.extract_statements_error(statements));
    throw new SqlError(`${reason}: a where clause is one expression, such as a > 1 AND b = 'x'`);
  }
}
