import { isE6Error } from "../error.ts";
import type { Pin } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryTerms } from "./query-plan.ts";

/**
 * Makes a call about a query; where the cluster was suspended, wakes it up, if the connection may, and makes the call once
 * more. A suspended cluster has not seen the first one, so that nothing is done twice.
 */
export async function awake<T>(
  { access }: QueryContext,
  { scope, report }: QueryTerms,
  pin: Pin,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isE6Error(error) || error.code !== "CLUSTER_SUSPENDED") throw error;
    if (!(await access.wakeUp(pin.route.strategy, scope.signal, report))) throw error;
    return await call();
  }
}
