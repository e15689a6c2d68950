import { E6Error, isE6Error } from "../error.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import type { Settings } from "../options.ts";
import type { EngineAccess, SessionRoute } from "../session/engine-access.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { type ResultMetadata, readResultMetadata } from "../wire/result-metadata.ts";
import { asQueryFailure } from "./interruption.ts";
import { onPin, type Pin, pinQuery } from "./pin.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";
import type { Releases } from "./releases.ts";

const { prepareStatement, prepareStatementV2, executeStatement, getResultMetadata, getNextResultBatch } =
  QueryEngineService.method;

/** What a query runs on. */
export interface QueryContext {
  readonly call: EngineCaller;
  readonly access: EngineAccess;
  readonly releases: Releases;
  readonly settings: Settings;
}

/**
 * The road of a query: prepare and execute on the active stack, then metadata and batches from where it was prepared,
 * and clear in any case.
 */
export async function runQuery(context: QueryContext, sql: string, signal: AbortSignal): Promise<QueryResult> {
  const pin = await context.access.run((route) => submit(context, route, sql, signal), signal);
  try {
    const metadata = await readMetadata(context, pin, signal);
    const batches = await readBatches(context, pin, metadata, signal);
    return createQueryResult({
      fields: metadata.fields,
      batches,
      queryId: pin.queryId,
      strategy: pin.route.strategy,
    });
  } catch (error) {
    throw asQueryFailure(error, "fetch", pin);
  } finally {
    context.releases.start(pin, signal.aborted);
  }
}

async function submit(context: QueryContext, route: SessionRoute, sql: string, signal: AbortSignal): Promise<Pin> {
  const pin = pinQuery(route, await prepare(context, route, sql, signal));
  try {
    await context.call(executeStatement, pin.request, onPin(pin, signal));
    return pin;
  } catch (error) {
    context.releases.start(pin, signal.aborted);
    throw asQueryFailure(error, "execute", pin);
  }
}

async function prepare({ call, settings }: QueryContext, route: SessionRoute, sql: string, signal: AbortSignal) {
  const { catalog, schema } = settings;
  const options = { route, signal };
  const prepared =
    catalog === ""
      ? await call(prepareStatement, { schema, queryString: sql }, options)
      : await call(prepareStatementV2, { schema, catalog, queryString: sql }, options);
  if (prepared.queryId === "") {
    throw new E6Error("INTERNAL", "the engine prepared the statement without giving it an id", {
      strategy: route.strategy,
    });
  }
  return prepared;
}

async function readMetadata(context: QueryContext, pin: Pin, signal: AbortSignal): Promise<ResultMetadata> {
  const { resultMetaData } = await context.call(getResultMetadata, pin.request, onPin(pin, signal));
  return readResultMetadata(resultMetaData, { maxBytes: context.settings.maxMessageBytes });
}

/** Reads to the end and checks what came against the metadata's count, where the engine knew it. */
async function readBatches(
  context: QueryContext,
  pin: Pin,
  metadata: ResultMetadata,
  signal: AbortSignal,
): Promise<ResultBatch[]> {
  const batches: ResultBatch[] = [];
  let rows = 0;
  for (;;) {
    const batch = await readBatch(context, pin, metadata, rows, signal);
    if (batch === undefined) {
      break;
    }
    batches.push(batch);
    rows += batch.rowCount;
    if (metadata.rowCount >= 0 && rows > metadata.rowCount) {
      throw countError("MALFORMED_RESULT", metadata, `at least ${rows}`, pin);
    }
  }
  if (rows < metadata.rowCount) {
    throw countError("RESULT_INCOMPLETE", metadata, `${rows}`, pin);
  }
  return batches;
}

/** The next batch; nothing at the end. */
async function readBatch(
  { call, settings }: QueryContext,
  pin: Pin,
  metadata: ResultMetadata,
  rows: number,
  signal: AbortSignal,
): Promise<ResultBatch | undefined> {
  try {
    const { resultBatch } = await call(getNextResultBatch, pin.request, onPin(pin, signal));
    if (resultBatch.length === 0) {
      return undefined;
    }
    const batch = readResultBatch(resultBatch, metadata.fields, { maxBytes: settings.maxMessageBytes });
    return batch.rowCount === 0 ? undefined : batch;
  } catch (error) {
    // The stack went away between the last row and the empty batch after it: nothing is missing.
    if (isE6Error(error) && error.code === "STRATEGY_MISMATCH" && rows === metadata.rowCount) {
      return undefined;
    }
    throw error;
  }
}

function countError(
  code: "MALFORMED_RESULT" | "RESULT_INCOMPLETE",
  metadata: ResultMetadata,
  received: string,
  pin: Pin,
): E6Error {
  return new E6Error(code, `the engine announced ${metadata.rowCount} rows and sent ${received}`, {
    queryId: pin.queryId,
    strategy: pin.route.strategy,
  });
}
