import type { SessionRoute } from "../session/engine-access.ts";
import type { QueryContext } from "./query-context.ts";
import { lastStep } from "./query-event.ts";
import type { QueryPlan, QueryTerms } from "./query-plan.ts";
import { RunningQuery } from "./running-query.ts";
import { submit } from "./submit.ts";

/** What is read ahead where the caller does not say. */
export const defaultPrefetchBytes = 8 * 1024 * 1024;

/** Prepares and executes a statement on the active stack. */
export async function startQuery(context: QueryContext, plan: QueryPlan): Promise<RunningQuery> {
  return await orSettle(plan, async () => {
    // On the route: from prepare to clear every call of the query follows it.
    const submitOn = (route: SessionRoute) => submit(context, plan, { ...route, traceparent: plan.traceparent });
    const pin = await context.access.run(submitOn, plan.scope.signal, plan.report);
    return new RunningQuery(context, plan, pin);
  });
}

/** Does what leads to a running query; where that fails, the query has ended before it ran. */
export async function orSettle(
  { scope, report }: QueryTerms,
  work: () => Promise<RunningQuery>,
): Promise<RunningQuery> {
  try {
    const query = await work();
    if (query.failure !== undefined) throw query.failure;
    return query;
  } catch (error) {
    scope.end();
    report?.(lastStep(error));
    throw error;
  }
}
