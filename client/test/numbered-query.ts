import type { QueryHandle, SubmittedQuery } from "../src/index.ts";
import { numberedResult } from "./long-result.ts";
import { createManualRuntime } from "./manual-runtime.ts";
import { openConnectionOn } from "./open-connection.ts";

/** A gateway whose results are numbers in batches of three, one in an answer, and a way to connect to it again. */
export function openNumbered(batches = 4, options: object = {}) {
  const open = openConnectionOn(createManualRuntime(), options);
  open.gateway.result = numberedResult(Array.from({ length: batches }, () => 3));
  open.gateway.batchesInAnswer = 1;
  const connectAgain = (options: object = {}) =>
    openConnectionOn(createManualRuntime(), { fetch: open.gateway.fetch, ...options }).connection;
  return { ...open, connectAgain };
}

/** What a handle is after it was stored. */
export function stored(handle: QueryHandle): QueryHandle {
  return JSON.parse(JSON.stringify(handle));
}

/** The numbers that are left of a query. */
export async function numbersOf(query: SubmittedQuery): Promise<number[]> {
  return (await query.result({ dialect: "plain" })).rows().map(([value]) => Number(value));
}

/** The numbers from one up to but not including another. */
export function upTo(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, index) => from + index);
}
