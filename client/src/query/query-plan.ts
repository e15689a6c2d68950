import type { DataFrame } from "../catalog/data-frame.ts";
import type { SubmitFrame } from "../catalog/submit-frame.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import { type Bind, type Params, readStatement } from "../sql/bind-statement.ts";
import { isReadOnly } from "../sql/read-only.ts";
import { isSqlStatement, type SqlStatement } from "../sql/sql-template.ts";
import { type CallScope, createScope } from "../transport/call-scope.ts";
import { type ObservedQuery, observeQuery } from "./observer.ts";
import type { QueryContext } from "./query-context.ts";
import { beforeQuery, createReport, type Report } from "./query-event.ts";
import { type QueryHandle, readHandle } from "./query-handle.ts";
import { type AttachOptions, type CheckedCall, checkOptions, type ExecuteOptions } from "./query-options.ts";

/** What a query runs: a text, what the template tag `sql` made, or a data frame. */
export type Statement = string | SqlStatement | DataFrame;

/** What holds for a query as long as it is held. */
export interface QueryTerms {
  readonly scope: CallScope;
  /** Tells whoever listens, where somebody does. */
  readonly report: Report | undefined;
  /** True if a listener wants to hear how far the engine is, which costs calls. */
  readonly watched: boolean;
  /** The W3C trace context that goes with each call of the query. */
  readonly traceparent: string | undefined;
  /** True if it does no harm to run the statement twice. */
  readonly readOnly: boolean;
}

/** A statement to run, with everything about it that is decided before a stack is chosen. */
export interface QueryPlan extends QueryTerms {
  /** The statement as it was written; nothing for a data frame. */
  readonly sql: string | undefined;
  /** The statement for an engine that binds values, or else (`client`) with its values written into it. */
  readonly bind: Bind;
  /** Hands a data frame over, in place of a text. */
  readonly frame: SubmitFrame | undefined;
  readonly catalog: string;
  readonly schema: string;
  /** True if a planner is asked for first. */
  readonly awaitPlanner: boolean;
}

/**
 * Checks a statement, its values and the options of the call `where`; the query's time begins. Throws `INVALID_OPTION`,
 * `INVALID_PARAMETER` for a statement or a value that cannot be sent, `CLOSED` on a closed connection.
 */
export function planQuery(
  context: QueryContext,
  where: CheckedCall,
  statement: Statement,
  params: Params | undefined,
  options: ExecuteOptions,
): QueryPlan {
  return beforeQuery(options, () => {
    checkOptions(options, where);
    const planned = planText(statement, params, options);
    const { catalog = context.settings.catalog, schema = context.settings.schema, awaitPlanner = false } = options;
    return {
      ...planned,
      catalog,
      schema,
      awaitPlanner,
      ...agree(context, { ...planned, catalog, schema, strategy: context.store.read().active }, options),
    };
  });
}

/** What holds for a query that runs already; its time begins anew. Throws what {@link readHandle} does, and `CLOSED`. */
export function planAttachment(
  context: QueryContext,
  given: unknown,
  options: AttachOptions,
): QueryTerms & { readonly handle: QueryHandle } {
  return beforeQuery(options, () => {
    checkOptions(options, "attach()");
    const handle = readHandle(given);
    const { catalog, schema } = context.settings;
    return {
      handle,
      readOnly: handle.readOnly,
      ...agree(context, { sql: undefined, catalog, schema, strategy: handle.strategy }, options),
    };
  });
}

function agree(
  context: QueryContext,
  { sql, catalog, schema, strategy }: Omit<ObservedQuery, "url">,
  options: AttachOptions,
): Omit<QueryTerms, "readOnly"> {
  const { settings, runtime, closing } = context;
  if (closing.aborted) {
    throw closing.reason;
  }
  const { onEvent } = options;
  // From here on nothing throws: what observers have begun, the query's last step ends.
  const { listeners, traceparent } = observeQuery(settings, { sql, catalog, schema, strategy }, options.traceparent);
  return {
    report: createReport(onEvent === undefined ? listeners : [...listeners, onEvent], runtime),
    watched: onEvent !== undefined,
    traceparent,
    scope: createScope(context, options),
  };
}

function planText(
  statement: Statement,
  params: Params | undefined,
  options: ExecuteOptions,
): Pick<QueryPlan, "sql" | "bind" | "frame" | "readOnly"> {
  if (isDataFrame(statement)) {
    if (params !== undefined) {
      throw invalidParameter("a data frame takes no values", "pass them to its filter()");
    }
    return { sql: undefined, bind: () => ({ text: "", values: [] }), frame: statement.submit, readOnly: true };
  }
  const bind = readStatement(checkStatement(statement), params);
  return {
    sql: isSqlStatement(statement) ? statement.text : statement,
    bind,
    frame: undefined,
    readOnly: options.readOnly ?? isReadOnly(bind("engine").text),
  };
}

function isDataFrame(statement: Statement): statement is DataFrame {
  return typeof statement === "object" && statement !== null && "submit" in statement;
}

/** Throws `INVALID_PARAMETER` for what is no statement, or a blank one. */
export function checkStatement(statement: string | SqlStatement): string | SqlStatement {
  const text = isSqlStatement(statement) ? statement.text : statement;
  // Not every caller is compiled by TypeScript.
  if (typeof text !== "string" || text.trim() === "") {
    throw invalidParameter("the statement is neither a text nor made by sql, or is blank", "pass one SQL statement");
  }
  return statement;
}
