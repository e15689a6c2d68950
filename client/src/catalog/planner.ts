import { callable, placeChecks } from "../checks.ts";
import { identifyPlanner, type Planner, type PlannerWait } from "../session/identify-planner.ts";
import { readCallOptions } from "../transport/call-limits.ts";
import { checkText, type InSchema, placeOf } from "./names.ts";
import { type CatalogContext, runNewWork } from "./new-work.ts";

/** Options of `identifyPlanner()`. */
export interface PlannerOptions extends InSchema {
  /** Is told whenever the engine lets the statement wait. */
  readonly onWait?: ((wait: PlannerWait) => void) | undefined;
}

/** Waits until the engine has a planner for a statement, which is not run. */
export async function findPlanner(
  context: CatalogContext,
  sql: string,
  options: PlannerOptions = {},
): Promise<Planner> {
  readCallOptions(options, "identifyPlanner()", { ...placeChecks, onWait: callable });
  const request = {
    ...placeOf(options, context.settings),
    queryString: checkText(sql, "the statement", Number.POSITIVE_INFINITY),
  };
  return await runNewWork(context, options, (call) =>
    identifyPlanner(context.call, context.runtime, request, call, options.onWait),
  );
}
