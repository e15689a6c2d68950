import duckdb from "@duckdb/node-bindings";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { type SqlToken, sqlTokens, statementBody } from "./sql-text.ts";

/** A statement that may run. */
export interface Admitted {
  /** The statement without its semicolon. It may end with a comment. */
  readonly body: string;
  readonly prepared: duckdb.PreparedStatement;
  readonly kind: duckdb.StatementType;
  /** For an EXPLAIN: the statement that it explains. */
  readonly explained: string | undefined;
}

const { StatementType } = duckdb;

const admittedKinds: ReadonlySet<duckdb.StatementType> = new Set([
  StatementType.SELECT,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.CREATE,
  StatementType.CREATE_FUNC,
  StatementType.ALTER,
  StatementType.DROP,
  StatementType.EXPLAIN,
  StatementType.ANALYZE,
  StatementType.VACUUM,
]);

const settingRefused = "settings cannot be changed: catalog and schema are sent with each statement";
const sessionRefused = "each statement is a transaction and a session of its own";
const outsideRefused = "nothing outside the database can be reached";

const refusals = new Map<duckdb.StatementType, string>([
  [StatementType.SET, settingRefused],
  [StatementType.VARIABLE_SET, settingRefused],
  [StatementType.TRANSACTION, sessionRefused],
  [StatementType.PREPARE, sessionRefused],
  [StatementType.EXECUTE, sessionRefused],
  [StatementType.COPY, outsideRefused],
  [StatementType.COPY_DATABASE, outsideRefused],
  [StatementType.EXPORT, outsideRefused],
  [StatementType.ATTACH, outsideRefused],
  [StatementType.DETACH, outsideRefused],
  [StatementType.LOAD, outsideRefused],
  [StatementType.UPDATE_EXTENSIONS, outsideRefused],
]);

/**
 * Table functions that change the whole engine, run text that nobody has looked at, or read memory by an address.
 * DuckDB guards what they do less well than its statements: logging to a file that it may not open ends the process.
 */
const refusedFunctions: ReadonlySet<string> = new Set([
  "arrow_scan",
  "arrow_scan_dumb",
  "check_peg_parser",
  "checkpoint",
  "disable_logging",
  "disable_peg_parser",
  "disable_profiling",
  "enable_logging",
  "enable_peg_parser",
  "enable_profiling",
  "force_checkpoint",
  "json_execute_serialized_sql",
  "query",
  "seq_scan",
  "truncate_duckdb_logs",
  "write_log",
]);

const explainOptions: ReadonlySet<string> = new Set(["analyze", "format", "verbose"]);

/** Parses, judges and plans exactly one statement. Rejects with a {@link SqlError}. */
export async function admit(connection: DuckDbConnection, sql: string): Promise<Admitted> {
  if (sql.includes("\0")) {
    throw new SqlError("Parser Error: a statement cannot hold a NUL character: write chr(0)");
  }
  const tokens = [...sqlTokens(sql)];
  refuseByWords(tokens);
  const prepared = await prepareOne(connection, sql, tokens);
  const kind = duckdb.prepared_statement_type(prepared);
  refuseKind(kind);
  const body = statementBody(sql);
  const explained = kind === StatementType.EXPLAIN ? explainedText(body, tokens) : undefined;
  if (explained !== undefined) {
    refuseByWords([...sqlTokens(explained)]);
    const inner = await connection.prepare(explained);
    const innerKind = duckdb.prepared_statement_type(inner);
    duckdb.destroy_prepare_sync(inner);
    refuseKind(innerKind);
  }
  return { body, prepared, kind, explained };
}

async function prepareOne(
  connection: DuckDbConnection,
  sql: string,
  tokens: readonly SqlToken[],
): Promise<duckdb.PreparedStatement> {
  const { extracted_statements: statements, statement_count: count } = await connection.extract(sql);
  if (count === 0) {
    throw new SqlError(duckdb.extract_statements_error(statements));
  }
  if (count > 1) {
    throw new SqlError(severalStatements(tokens));
  }
  return await connection.prepareExtracted(statements, 0);
}

function severalStatements(tokens: readonly SqlToken[]): string {
  return tokens.some(({ text }) => text === "pivot" || text === "pivot_wider")
    ? "Parser Error: a PIVOT without its values takes several statements: name them with IN (…)"
    : "Parser Error: one statement at a time: send each on its own";
}

function refuseKind(kind: duckdb.StatementType): void {
  if (!admittedKinds.has(kind)) {
    const name = duckdb.StatementType[kind];
    throw new SqlError(`Permission Error: ${name} is not allowed: ${refusals.get(kind) ?? "send SELECT, DML or DDL"}`);
  }
}

function refuseByWords(tokens: readonly SqlToken[]): void {
  if (tokens.every(({ text }) => text === ";")) {
    throw new SqlError("Parser Error: there is no statement");
  }
  const words = tokens.slice(0, 5).map(({ text }) => text);
  if (words[0] === "pragma" || words[0] === "call") {
    throw new SqlError(
      `Permission Error: ${words[0].toUpperCase()} is not allowed: use SHOW, DESCRIBE or SELECT … FROM duckdb_tables()`,
    );
  }
  if (words[0] === "create") {
    refuseCreate(words);
  }
  tokens.forEach((token, i) => {
    if (token.kind !== "sign" && refusedFunctions.has(token.text) && tokens[i + 1]?.text === "(") {
      throw new SqlError(`Permission Error: the function ${token.text} is not allowed here`);
    }
  });
}

function refuseCreate(words: readonly string[]): void {
  const what = words[1] === "or" ? words.slice(3) : words.slice(1);
  if (what[0] === "temp" || what[0] === "temporary") {
    throw new SqlError(`Permission Error: CREATE TEMP is not allowed: ${sessionRefused}. Leave TEMP out`);
  }
  if (what[0] === "secret" || what[0] === "persistent") {
    throw new SqlError(`Permission Error: CREATE SECRET is not allowed: ${outsideRefused}`);
  }
}

/** What stands behind EXPLAIN, ANALYZE and the options in parentheses. */
function explainedText(body: string, tokens: readonly SqlToken[]): string {
  let at = 1;
  while (tokens[at]?.text === "analyze" || tokens[at]?.text === "verbose") {
    at++;
  }
  if (tokens[at]?.text === "(" && explainOptions.has(tokens[at + 1]?.text ?? "")) {
    at = tokens.findIndex(({ text }, i) => i > at && text === ")") + 1;
  }
  return body.slice(tokens[at]?.start ?? body.length);
}
