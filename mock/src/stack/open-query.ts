import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { headerPlannerIp } from "e6data-web/headers";
import { SqlError } from "../engine/engine.ts";
import type { Absence, Query } from "../query-registry.ts";
import { abortable } from "./abortable.ts";
import { type Caller, identify } from "./caller.ts";
import { accessDenied } from "./connect-error.ts";
import type { StackContext } from "./stack-context.ts";

/** What every request about a query has. */
export interface QueryRequest {
  readonly sessionId: string;
  readonly queryId: string;
  readonly engineIP: string;
}

/** A query and who calls about it. */
export interface OpenQuery {
  readonly query: Query;
  readonly caller: Caller;
}

const absences: Record<Absence, string> = {
  unknown: "is not known here: it was prepared on another stack, or before this one was restarted",
  cleared: "was cleared",
  idle: "was given back because nobody called about it for too long: run it again",
  crowded: "was given back because too many queries were open: clear queries once they are read, and run it again",
  memory:
    "was given back because open results took too much memory: read results to their end or clear them, and run it again",
};

/** Finds the query that a request names, if its caller may continue it; otherwise an error that says why not. */
export function openQuery(stack: StackContext, request: QueryRequest, context: HandlerContext): OpenQuery {
  const caller = identify(stack, request.sessionId, context);
  const found = stack.queries.find(request.queryId);
  if (!("query" in found)) throw notFound(request.queryId, absences[found.absence]);
  const { query } = found;
  if (query.owner.user !== caller.user) throw notFound(request.queryId, absences.unknown);
  if (stack.settings.queriesBoundToSession && query.owner.session !== caller.session) throw accessDenied();
  const planner = context.requestHeader.get(headerPlannerIp) || request.engineIP || query.planner;
  if (planner !== query.planner || (request.engineIP || planner) !== planner) {
    throw notFound(request.queryId, "was prepared by another planner than the call names");
  }
  return { query, caller };
}

/** Asks a query's statement something, unless the caller leaves before the answer. */
export async function askStatement<T>(
  stack: StackContext,
  query: Query,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await stack.queries.during(query, () => abortable(ask(), signal));
  } catch (reason) {
    if (query.cancelled && reason instanceof SqlError) {
      throw new ConnectError(`Query ${query.id} was cancelled`, Code.Canceled);
    }
    throw reason;
  }
}

function notFound(queryId: string, why: string): ConnectError {
  return new ConnectError(`Query ${JSON.stringify(queryId)} ${why}`, Code.NotFound);
}
