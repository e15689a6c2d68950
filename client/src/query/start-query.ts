import type { QueryContext } from "./query-context.ts";
import { lastStep } from "./query-event.ts";
import type { QueryPlan, QueryTerms } from "./query-plan.ts";
import { RunningQuery } from "./running-query.ts";
import { Submission } from "./submission.ts";

/** What is read ahead where the caller does not say. */
export const defaultPrefetchBytes = 8 * 1024 * 1024;

/** Prepares and executes a statement on the active stack. */
export async function startQuery(context: QueryContext, plan: QueryPlan): Promise<RunningQuery> {
  const { access } = context;
  return await orSettle(plan, async () => {
    const submission = new Submission(context, plan, plan);
    try {
      await access.during(() => access.persist(submission.work, () => submission.advance()));
    } catch (error) {
      throw submission.fail(error);
    }
    return new RunningQuery(context, plan, submission);
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
