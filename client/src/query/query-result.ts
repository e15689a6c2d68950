import type { Strategy } from "../headers.ts";
import type { Value } from "../wire/column.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";

/** The whole result of a query, in memory. */
export interface QueryResult {
  /** The columns, in their order. */
  readonly fields: readonly ResultField[];
  /** Number of rows. */
  readonly rowCount: number;
  /** The engine's id of the query. */
  readonly queryId: string;
  /** The stack that answered. */
  readonly strategy: Strategy;
  /** All rows, each an array of values in the order of `fields`. Decoded at each call. */
  rows(): Value[][];
}

/** What a result is made of. */
export interface ResultParts {
  readonly fields: readonly ResultField[];
  readonly batches: readonly ResultBatch[];
  readonly queryId: string;
  readonly strategy: Strategy;
}

/** A result over the batches as they came: a column that nobody reads is never decoded. */
export function createQueryResult({ fields, batches, queryId, strategy }: ResultParts): QueryResult {
  return {
    fields,
    rowCount: batches.reduce((sum, batch) => sum + batch.rowCount, 0),
    queryId,
    strategy,
    rows: () => batches.flatMap((batch) => batch.rows()),
  };
}
