import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import type { Statement } from "../engine/engine.ts";
import type { Query, QueryExtras } from "../query-registry.ts";
import { abortable } from "./abortable.ts";
import type { Caller } from "./caller.ts";
import { note, type StackContext } from "./stack-context.ts";

/** Waits for a statement that is being made. If the caller leaves meanwhile, it is closed: nobody would ever clear it. */
export async function untilCallerLeaves<T extends Statement>(making: Promise<T>, context: HandlerContext): Promise<T> {
  return await abortable(making, context.signal).catch((reason: unknown) => {
    making.then((late) => late.close()).catch(() => undefined);
    throw reason;
  });
}

/** What becomes a query. */
export interface NewQuery {
  readonly statement: Statement;
  readonly caller: Caller;
  readonly planner: string;
  readonly extras: QueryExtras;
}

/** Adds a query to those of the stack, and to the record of the call that made it. */
export async function keepQuery(
  { queries, settings }: StackContext,
  { statement, caller, planner, extras }: NewQuery,
  context: HandlerContext,
): Promise<Query> {
  const query = queries.add(statement, caller, planner, settings.askAgain, extras);
  if (!query) {
    await statement.close();
    const remedy = "clear queries once they are read, then prepare again";
    throw new ConnectError(`Too many queries are running: ${remedy}`, Code.ResourceExhausted);
  }
  note(context, { query: query.id });
  return query;
}
