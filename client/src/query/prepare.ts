import { isE6Error } from "../error.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { identifyPlanner, type PlannerRequest, type PlannerWait } from "../session/identify-planner.ts";
import { makePin } from "../session/make-pin.ts";
import type { CallScope } from "../transport/call-scope.ts";
import type { Pin } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryPlan } from "./query-plan.ts";
import { releaseTimeoutMs } from "./releases.ts";

/** What has to be known of a statement to prepare it. */
export type Preparation = Pick<QueryPlan, "catalog" | "schema" | "awaitPlanner" | "report"> & {
  readonly scope: Pick<CallScope, "signal" | "remainingMs">;
};

/** Prepares a statement on one stack. A caller who leaves meanwhile leaves no query behind. */
export async function prepare(
  context: QueryContext,
  plan: Preparation,
  route: SessionRoute,
  queryString: string,
): Promise<Pin> {
  const { call, releases } = context;
  const { catalog, schema, scope } = plan;
  const request = { catalog, schema, queryString };
  const planner = plan.awaitPlanner ? await findPlanner(context, plan, route, request) : {};
  plan.report?.({ type: "planning" }, { strategy: route.strategy });
  // The request of the first kind has no field for a catalog, and is written without.
  const method = catalog === "" ? engine.prepareStatement : engine.prepareStatementV2;
  const timeoutMs = scope.remainingMs(releaseTimeoutMs);
  return await makePin(releases, route, scope.signal, "prepared the statement", (signal) =>
    call(method, { ...planner, ...request }, { route, signal, timeoutMs }),
  );
}

/** Waits for a planner; what prepare is to say of it. An engine that does not know the call has no queue to wait in. */
async function findPlanner(context: QueryContext, plan: Preparation, route: SessionRoute, request: PlannerRequest) {
  const { scope, report } = plan;
  const onWait = ({ reason }: PlannerWait) => report?.({ type: "queued", reason }, { strategy: route.strategy });
  const options = { route, signal: scope.signal, timeoutMs: scope.remainingMs() };
  try {
    const found = await identifyPlanner(context.call, context.runtime, request, options, onWait);
    const existingQuery = { queryId: found.queryId, elapsedTimeMillis: BigInt(Math.round(found.elapsedMs)) };
    return found.queryId === "" ? { plannerIp: found.plannerIp } : { plannerIp: found.plannerIp, existingQuery };
  } catch (error) {
    if (isE6Error(error) && error.code === "UNSUPPORTED") return {};
    throw error;
  }
}
