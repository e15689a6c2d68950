import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { headerPlannerIp } from "e6data-web/headers";
import { AggregateFunction, type QueryEngineService, SortDirection } from "e6data-web/proto";
import type { FrameAggregate, FrameSource, FrameStep } from "../engine/engine.ts";
import type { Query } from "../query-registry.ts";
import { identify } from "./caller.ts";
import { keepQuery, untilCallerLeaves } from "./new-query.ts";
import { askStatement, openQuery, type QueryRequest } from "./open-query.ts";
import { pickPlanner } from "./planners.ts";
import type { StackContext } from "./stack-context.ts";

type EngineImpl = ServiceImpl<typeof QueryEngineService>;
type StepCalls = Pick<
  EngineImpl,
  "projectionOnDataFrame" | "aggregateOnDataFrame" | "filterOnDataFrame" | "orderByOnDataFrame" | "limitOnDataFrame"
>;

/** The calls that begin, execute and drop data frames. Executed, a frame is read as any query is. */
export function createFrameCalls(
  stack: StackContext,
): Pick<EngineImpl, "createDataFrame" | "executeDataFrame" | "dropUserContext"> {
  return {
    async createDataFrame(request, context) {
      const caller = identify(stack, request.sessionId, context);
      const { catalog, schema, dataframeNumber: number } = request;
      const source: FrameSource = request.createFromParquet
        ? { from: "parquet", path: request.parquetFilePath }
        : { from: "table", table: request.table };
      await stack.memoryCap.makeRoom();
      const statement = await untilCallerLeaves(stack.engine.createDataFrame(source, { catalog, schema }), context);
      const planner = pickPlanner(stack.stack, context.requestHeader.get(headerPlannerIp) || request.engineIP);
      const extras = { frame: { steps: statement, number } };
      return { queryId: (await keepQuery(stack, { statement, caller, planner, extras }, context)).id };
    },
    async executeDataFrame(request, context) {
      const { query } = openFrame(stack, request, context);
      await askStatement(stack, query, context.signal, async () => {
        await stack.memoryCap.makeRoom();
        await query.statement.execute([]);
      });
      return {};
    },
    // The context is the session's; all who have a token share one.
    async dropUserContext(request, context) {
      const { user, session } = identify(stack, request.sessionId, context);
      const own = stack.queries.list().filter(({ owner }) => owner.user === user && owner.session === session);
      await Promise.all(own.map((query) => query.frame && stack.queries.remove(query.id)));
      return {};
    },
  };
}

/** The calls that add a step to a data frame. */
export function createFrameStepCalls(stack: StackContext): StepCalls {
  const apply = async (request: FrameRequest, context: HandlerContext, step: FrameStep): Promise<object> => {
    const { query, frame } = openFrame(stack, request, context);
    await askStatement(stack, query, context.signal, () => frame.steps.apply(step));
    return {};
  };
  return {
    projectionOnDataFrame: (r, context) => apply(r, context, { kind: "project", columns: r.field }),
    aggregateOnDataFrame: (r, context) =>
      apply(r, context, {
        kind: "aggregate",
        groupBy: r.groupBy,
        aggregates: r.aggregateFunctionMap.map(({ key, value }) => ({ column: key, function: functionOf(value) })),
      }),
    filterOnDataFrame: (r, context) => apply(r, context, { kind: "filter", where: r.whereClause }),
    orderByOnDataFrame: (r, context) =>
      apply(r, context, {
        kind: "order",
        by: r.orderByFieldMap.map(({ key, value }) => ({ column: key, descending: isDescending(value) })),
      }),
    limitOnDataFrame: (r, context) => apply(r, context, { kind: "limit", rows: r.fetchLimit }),
  };
}

interface FrameRequest extends QueryRequest {
  readonly dataframeNumber: number;
}

function openFrame(
  stack: StackContext,
  request: FrameRequest,
  context: HandlerContext,
): { query: Query; frame: NonNullable<Query["frame"]> } {
  const { query } = openQuery(stack, request, context);
  const { frame } = query;
  if (!frame) throw invalid(`Query ${JSON.stringify(query.id)} is not a data frame`);
  if (frame.number !== request.dataframeNumber) {
    throw invalid(`The query holds data frame ${frame.number}, not ${request.dataframeNumber}`);
  }
  return { query, frame };
}

const functions: ReadonlyMap<AggregateFunction, FrameAggregate["function"]> = new Map([
  [AggregateFunction.SUM, "SUM"],
  [AggregateFunction.COUNT, "COUNT"],
  [AggregateFunction.COUNT_STAR, "COUNT_STAR"],
  [AggregateFunction.COUNT_DISTINCT, "COUNT_DISTINCT"],
]);

/** On the wire an enum may be any number. */
function functionOf(value: AggregateFunction): FrameAggregate["function"] {
  const found = functions.get(value);
  if (found === undefined) throw invalid(`There is no aggregate function ${value}`);
  return found;
}

function isDescending(value: SortDirection): boolean {
  if (value !== SortDirection.ASC && value !== SortDirection.DESC) throw invalid(`There is no direction ${value}`);
  return value === SortDirection.DESC;
}

function invalid(message: string): ConnectError {
  return new ConnectError(message, Code.InvalidArgument);
}
