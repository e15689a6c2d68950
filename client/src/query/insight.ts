import { isE6Error, withDetails } from "../error.ts";
import { explain, explainAnalyze, type StatusRequest, status } from "../gen/e6x_engine_tables.ts";
import type { Method } from "../protobuf/schema.ts";
import { type CallLimits, readCallOptions, runWithin } from "../transport/call-limits.ts";
import { asQueryFailure } from "./interruption.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";

/** How far a query is. */
export interface QueryStatus {
  /** True once the engine has the whole result. */
  readonly done: boolean;
  /** Rows found so far, in the end those of the whole result. */
  readonly rowCount: number;
}

/** What an engine measured while it ran a query. */
export interface QueryProfile {
  /** The engine's own account, a JSON text. */
  readonly profile: string;
  /** True if the result came from a cache. */
  readonly isCached: boolean;
  /** Milliseconds that the engine took to read the statement. */
  readonly parsingMs: number;
  /** Milliseconds that the statement waited. */
  readonly queueingMs: number;
}

/** A query, as far as asking about it needs it. */
export interface AskedQuery {
  readonly pin: Pin;
  /** Rows that its holder was handed so far. */
  readonly rowsDelivered: number;
}

/** Asks the engine how far a query is. */
export async function queryStatus(context: QueryContext, query: AskedQuery, limits?: CallLimits): Promise<QueryStatus> {
  const answer = await ask(context, query, status, limits);
  return { done: answer.status, rowCount: Number(answer.rowCount) };
}

/** The engine's plan of a query. */
export async function explainQuery(context: QueryContext, query: AskedQuery, limits?: CallLimits): Promise<string> {
  return (await ask(context, query, explain, limits)).explain;
}

/** What the engine measured while it ran a query. */
export async function profileQuery(
  context: QueryContext,
  query: AskedQuery,
  limits?: CallLimits,
): Promise<QueryProfile> {
  const answer = await ask(context, query, explainAnalyze, limits);
  return {
    profile: answer.explainAnalyze,
    isCached: answer.isCached,
    parsingMs: Number(answer.parsingTime),
    queueingMs: Number(answer.queueingTime),
  };
}

/** A call about a query that changes nothing. */
async function ask<O extends object>(
  context: QueryContext,
  query: AskedQuery,
  method: Method<StatusRequest, O>,
  limits: CallLimits = {},
): Promise<O> {
  readCallOptions(limits, "this call");
  try {
    return await runWithin(context, limits, (signal, remainingMs) => {
      const work = context.access.begin({ signal });
      return context.access.persist(work, () => {
        const { pin } = query;
        work.enter("read", pin.route);
        return context.call(method, pin.request, onPin(pin, { signal, remainingMs }));
      });
    });
  } catch (error) {
    const { pin, rowsDelivered } = query;
    // Of a query that was given back there is nothing more to be told.
    if (isE6Error(error) && error.code === "NOT_FOUND") throw withDetails(error, placeOf(pin));
    // The query goes on without it.
    throw asQueryFailure(error, { pin, readOnly: true, rowsDelivered, isLeft: true });
  }
}
