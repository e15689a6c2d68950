import { E6Error } from "../error.ts";
import { type Binding, type BoundStatement, bindStatement, type Params } from "../sql/bind-statement.ts";
import { isReadOnly } from "../sql/read-only.ts";
import { isSqlStatement, type SqlStatement } from "../sql/sql-template.ts";
import { type CallScope, createScope } from "../transport/call-scope.ts";
import type { QueryContext } from "./query-context.ts";
import { createReport, type Report } from "./query-event.ts";
import type { ExecuteOptions } from "./query-options.ts";

/** A statement to run, with everything about it that is decided before a stack is chosen. */
export interface QueryPlan {
  /** The statement for an engine that binds values, or else (`client`) with its values written into it. */
  readonly bind: (how: Binding) => BoundStatement;
  readonly catalog: string;
  readonly schema: string;
  /** True if it does no harm to run the statement twice. */
  readonly readOnly: boolean;
  /** True if a planner is asked for first. */
  readonly awaitPlanner: boolean;
  readonly scope: CallScope;
  /** Tells the caller's listener, where there is one. */
  readonly report: Report | undefined;
}

/**
 * Checks a statement and its values; the query's time begins. Throws `INVALID_PARAMETER` for a statement or a value that
 * cannot be sent, `CLOSED` on a closed connection.
 */
export function planQuery(
  context: QueryContext,
  statement: string | SqlStatement,
  params: Params | undefined,
  options: ExecuteOptions,
): QueryPlan {
  const { settings, runtime, closing } = context;
  if (closing.aborted) {
    throw closing.reason;
  }
  const bound = bindStatement(checkStatement(statement), params, "engine");
  return {
    bind: (how) => (how === "engine" ? bound : bindStatement(statement, params, how)),
    catalog: options.catalog ?? settings.catalog,
    schema: options.schema ?? settings.schema,
    awaitPlanner: options.awaitPlanner ?? false,
    readOnly: options.readOnly ?? isReadOnly(bound.text),
    report: createReport(options.onEvent, runtime),
    scope: createScope(context, options),
  };
}

function checkStatement(statement: string | SqlStatement): string | SqlStatement {
  const text = isSqlStatement(statement) ? statement.text : statement;
  // Not every caller is compiled by TypeScript.
  if (typeof text !== "string" || text.trim() === "") {
    throw new E6Error("INVALID_PARAMETER", "the statement is neither a text nor made by sql, or is blank", {
      hint: "pass one SQL statement",
    });
  }
  return statement;
}
