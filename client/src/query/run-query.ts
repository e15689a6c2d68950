import type { Dialect } from "../result/dialect.ts";
import { createQueryResult, type QueryResult } from "../result/query-result.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import { placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryOptions } from "./query-options.ts";
import type { QueryPlan } from "./query-plan.ts";
import { startQuery } from "./running-query.ts";

/** Runs a query and reads its whole result. */
export async function runQuery<D extends Dialect, Made>(
  context: QueryContext,
  plan: QueryPlan,
  options: QueryOptions<D, Made>,
): Promise<QueryResult<D, Made>> {
  const query = await startQuery(context, plan, Number.POSITIVE_INFINITY, () => 0);
  const batches: ResultBatch[] = [];
  for (let batch = await query.next(); batch !== undefined; batch = await query.next()) batches.push(batch);
  void query.release();
  return createQueryResult({ fields: query.metadata.fields, batches, ...placeOf(query.pin), options });
}
