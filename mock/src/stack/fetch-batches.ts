import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import {
  type GetNextResultBatchRequest,
  GetNextResultBatchResponseSchema,
  GetNextResultBatchV2ResponseSchema,
} from "e6data-web/proto";
import type { Query } from "../query-registry.ts";
import { abortable } from "./abortable.ts";
import { type Answer, grpcAnswer } from "./answer.ts";
import { askStatement, openQuery } from "./open-query.ts";
import { responseFields, type StackContext } from "./stack-context.ts";

/** Which of the two fetches it is. */
export type FetchVersion = "v1" | "v2";

/** The fetches by the names of their RPCs. */
export const fetchVersions: ReadonlyMap<string, FetchVersion> = new Map([
  ["getNextResultBatch", "v1"],
  ["getNextResultBatchV2", "v2"],
]);

/** An answer takes no more batches than this, however small they are. */
const maxBatchesInAnswer = 64;

/**
 * Answers a fetch without the gRPC library: the batch's bytes go out as the engine made them, uncopied.
 *
 * The fetches of a query take turns, and the next one begins when the former answer has left: a slow reader holds
 * back the engine, and no more than one answer of a query waits in memory.
 */
export async function fetchBatches(
  stack: StackContext,
  version: FetchVersion,
  request: GetNextResultBatchRequest,
  context: HandlerContext,
  send: (answer: Answer) => Promise<void>,
): Promise<void> {
  if (version === "v2" && !stack.settings.batchesV2) {
    throw new ConnectError("getNextResultBatchV2 is not implemented: use getNextResultBatch", Code.Unimplemented);
  }
  const { query, caller } = openQuery(stack, request, context);
  await inTurn(query, context.signal, async () => {
    const take = version === "v1" ? takeOne : takeSeveral;
    const taken = await askStatement(stack, query, context.signal, () => take(stack, query, context.signal));
    await send(grpcAnswer(encode(version, taken, responseFields(stack, caller.sessionId))));
  });
}

async function inTurn(query: Query, signal: AbortSignal, fetch: () => Promise<void>): Promise<void> {
  const before = query.lastFetch;
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  query.lastFetch = before.then(() => done);
  try {
    await abortable(before, signal);
    await fetch();
  } finally {
    finish();
  }
}

interface Taken {
  readonly batches: readonly Uint8Array[];
  readonly endOfStream: boolean;
}

async function takeOne(_stack: StackContext, query: Query): Promise<Taken> {
  const batch = await query.statement.nextBatch();
  return { batches: batch.length === 0 ? [] : [batch], endOfStream: batch.length === 0 };
}

async function takeSeveral({ settings }: StackContext, query: Query, signal: AbortSignal): Promise<Taken> {
  if (query.askAgain > 0) {
    query.askAgain -= 1;
    return { batches: [], endOfStream: false };
  }
  const batches: Uint8Array[] = [];
  for (let bytes = 0; bytes < settings.batchesV2Bytes && batches.length < maxBatchesInAnswer; ) {
    // Who has left must not take more than is lost already: the next fetch goes on from here.
    signal.throwIfAborted();
    const batch = await query.statement.nextBatch();
    if (batch.length === 0) return { batches, endOfStream: true };
    batches.push(batch);
    bytes += batch.length;
  }
  return { batches, endOfStream: false };
}

/** A response message in pieces: its small fields, then each batch behind its tag and length. */
function encode(version: FetchVersion, taken: Taken, fields: ReturnType<typeof responseFields>): Uint8Array[] {
  const v1 = version === "v1";
  const head = v1
    ? toBinary(GetNextResultBatchResponseSchema, create(GetNextResultBatchResponseSchema, fields))
    : toBinary(
        GetNextResultBatchV2ResponseSchema,
        create(GetNextResultBatchV2ResponseSchema, { ...fields, endOfStream: taken.endOfStream }),
      );
  const { number } = v1
    ? GetNextResultBatchResponseSchema.field.resultBatch
    : GetNextResultBatchV2ResponseSchema.field.resultBatches;
  return [head, ...taken.batches.flatMap((batch) => [tagAndLength(number, batch.length), batch])];
}

function tagAndLength(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}
