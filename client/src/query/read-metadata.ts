import { getResultMetadata } from "../gen/e6x_engine_tables.ts";
import { type ResultMetadata, readResultMetadata } from "../wire/result-metadata.ts";
import type { BatchReader } from "./batch-reader.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryTerms } from "./query-plan.ts";
import { watchProgress } from "./watch-progress.ts";

/** Waits until the engine knows the result's columns and count, telling a listener meanwhile how far it is. */
export async function readMetadata(
  context: QueryContext,
  { scope, report, watched }: QueryTerms,
  pin: Pin,
): Promise<ResultMetadata> {
  const stop = report && watched ? watchProgress(context, pin, scope, report) : undefined;
  try {
    const { resultMetaData } = await context.call(getResultMetadata, pin.request, onPin(pin, scope));
    return readResultMetadata(resultMetaData, { maxBytes: context.settings.maxMessageBytes });
  } finally {
    stop?.();
  }
}

/** A reader whose answers a listener hears of. `rowsBefore` were read elsewhere. */
export function observed(
  read: BatchReader,
  { report }: QueryTerms,
  pin: Pin,
  { rowCount }: ResultMetadata,
  rowsBefore: number,
): BatchReader {
  if (report === undefined) return read;
  let batch = 0;
  let rows = 0;
  return async () => {
    const answer = await read();
    batch += answer.received.length;
    for (const received of answer.received) rows += received.batch.rowCount;
    const left = rowCount - rowsBefore;
    const total = left >= 0 && rows > 0 ? { rowCount, batches: Math.ceil((batch * left) / rows) } : {};
    if (answer.received.length > 0) {
      report({ type: "fetching", batch, rows: rowsBefore + rows, ...total }, placeOf(pin));
    }
    return answer;
  };
}
