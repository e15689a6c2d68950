import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { QueryEngineService } from "e6data-web/proto";
import type { BoundValue, Namespace, Placeholder } from "../engine/engine.ts";
import { abortable } from "./abortable.ts";
import { hasToken, identify } from "./caller.ts";
import { profileText } from "./explain-analyze.ts";
import { keepQuery, untilCallerLeaves } from "./new-query.ts";
import { askStatement, openQuery, type QueryRequest } from "./open-query.ts";
import { pickPlanner } from "./planners.ts";
import { responseFields, type StackContext } from "./stack-context.ts";

type EngineImpl = ServiceImpl<typeof QueryEngineService>;
type Fields = ReturnType<typeof responseFields>;

/** The calls from prepare to the result's metadata. */
export function createQueryCalls(
  stack: StackContext,
): Pick<
  EngineImpl,
  "prepareStatement" | "prepareStatementV2" | "executeStatement" | "executeStatementV2" | "getResultMetadata"
> {
  return {
    prepareStatement: (request, context) => prepare(stack, request, { schema: request.schema }, context),
    prepareStatementV2: (request, context) =>
      prepare(stack, request, { catalog: request.catalog, schema: request.schema }, context),
    executeStatement: (request, context) => execute(stack, request, [], context),
    executeStatementV2: (request, context) => execute(stack, request, request.params, context),
    async getResultMetadata(request, context) {
      const { query, caller } = openQuery(stack, request, context);
      const resultMetaData = await askStatement(stack, query, context.signal, () => query.statement.metadata());
      return { resultMetaData, ...responseFields(stack, caller.sessionId) };
    },
  };
}

/** The calls that ask how a query is doing, or explain it. */
export function createInsightCalls(
  stack: StackContext,
): Pick<
  EngineImpl,
  "status" | "explain" | "explainAnalyze" | "getDynamicParams" | "dryRun" | "dryRunV2" | "analyzeQuery"
> {
  return {
    async status(request, context) {
      const { query, caller } = openQuery(stack, request, context);
      const { done, rowCount } = query.statement.status();
      await askStatement(stack, query, context.signal, () => Promise.resolve());
      return { status: done, rowCount, ...responseFields(stack, caller.sessionId) };
    },
    async explain(request, context) {
      const { query, caller } = openQuery(stack, request, context);
      const explain = await askStatement(stack, query, context.signal, () => query.statement.explain());
      return { explain, ...responseFields(stack, caller.sessionId) };
    },
    async explainAnalyze(request, context) {
      const { query, caller } = openQuery(stack, request, context);
      const profile = await askStatement(stack, query, context.signal, () => query.statement.explainAnalyze());
      return {
        explainAnalyze: profileText(profile),
        isCached: false,
        parsingTime: BigInt(Math.round(profile.parsingMs)),
        queueingTime: BigInt(Math.round(profile.queueingMs)),
        ...responseFields(stack, caller.sessionId),
      };
    },
    async getDynamicParams(request, context) {
      const { query, caller } = openQuery(stack, request, context);
      const ask = (): Promise<readonly Placeholder[]> => Promise.resolve(query.statement.placeholders());
      const placeholders = await askStatement(stack, query, context.signal, ask);
      return { params: placeholders.map((one) => ({ ...one, value: "" })), sessionId: caller.sessionId };
    },
    // The request has no session.
    async analyzeQuery({ query, catalog, schema }, context) {
      hasToken(context);
      await abortable(stack.engine.analyze(query, { catalog, schema }), context.signal);
      return {};
    },
    dryRun: (request, context) => dryRun(stack, request, { schema: request.schema }, context),
    dryRunV2: (request, context) =>
      dryRun(stack, request, { catalog: request.catalog, schema: request.schema }, context),
  };
}

/** The calls that end a query. */
export function createEndingCalls(
  stack: StackContext,
): Pick<EngineImpl, "clear" | "cancelQuery" | "clearOrCancelQuery"> {
  return {
    clear: (request, context) => end(stack, request, { cancel: false, clear: true }, context),
    cancelQuery: (request, context) => end(stack, request, { cancel: true, clear: false }, context),
    clearOrCancelQuery: (request, context) => end(stack, request, { cancel: !request.isDone, clear: true }, context),
  };
}

async function prepare(
  stack: StackContext,
  request: {
    sessionId: string;
    queryString: string;
    plannerIp?: string | undefined;
    existingQuery?: { queryId: string } | undefined;
  },
  namespace: Namespace,
  context: HandlerContext,
): Promise<Fields & { engineIP: string; queryId: string }> {
  const caller = identify(stack, request.sessionId, context);
  const preparing = stack.engine.prepare(request.queryString, namespace);
  const statement = await untilCallerLeaves(preparing, context);
  // A query that was in the queue for a planner keeps its id.
  const queued = request.existingQuery?.queryId;
  const extras = queued !== undefined && stack.plannerQueue.take(caller.user, queued) ? { id: queued } : {};
  const planner = pickPlanner(stack.stack, request.plannerIp);
  const query = await keepQuery(stack, { statement, caller, planner, extras }, context);
  return { engineIP: planner, queryId: query.id, ...responseFields(stack, caller.sessionId) };
}

async function execute(
  stack: StackContext,
  request: QueryRequest,
  params: readonly BoundValue[],
  context: HandlerContext,
): Promise<Fields> {
  const { query, caller } = openQuery(stack, request, context);
  await askStatement(stack, query, context.signal, async () => {
    await stack.memoryCap.makeRoom();
    await query.statement.execute(params);
  });
  return responseFields(stack, caller.sessionId);
}

async function dryRun(
  stack: StackContext,
  request: { sessionId: string; queryString: string },
  namespace: Namespace,
  context: HandlerContext,
): Promise<{ dryrunValue: string }> {
  identify(stack, request.sessionId, context);
  return { dryrunValue: await abortable(stack.engine.dryRun(request.queryString, namespace), context.signal) };
}

async function end(
  stack: StackContext,
  request: QueryRequest,
  { cancel, clear }: { cancel: boolean; clear: boolean },
  context: HandlerContext,
): Promise<Fields> {
  const { query, caller } = openQuery(stack, request, context);
  if (cancel) {
    query.cancelled = true;
    query.statement.cancel();
  }
  if (clear) await stack.queries.remove(query.id);
  return responseFields(stack, caller.sessionId);
}
