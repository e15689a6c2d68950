import { E6Error } from "../error.ts";
import type { Dialect } from "../result/dialect.ts";
import { createQueryResult, type QueryResult } from "../result/query-result.ts";
import type { ReadingOptions } from "../result/reading-options.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import { placeOf } from "./pin.ts";
import type { RunningQuery } from "./running-query.ts";

/** Reads the whole result of a query. */
export async function readAll<D extends Dialect, Made>(
  query: RunningQuery,
  options: ReadingOptions<D, Made>,
): Promise<QueryResult<D, Made>> {
  let batches: ResultBatch[] = [];
  const drop = () => {
    batches = [];
  };
  await query.read({ prefetchBytes: Number.POSITIVE_INFINITY, drop, mayColumnsChange: true });
  for (let batch = await query.next(); batch !== undefined; batch = await query.next()) batches.push(batch);
  if (!query.isComplete) throw new E6Error("CLOSED", "the query was let go of before its last row", placeOf(query.pin));
  void query.release();
  const { fields = [] } = query.metadata ?? {};
  return createQueryResult({ fields, batches, ...placeOf(query.pin), options });
}
