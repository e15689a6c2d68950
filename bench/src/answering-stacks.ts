import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { create, toBinary } from "@bufbuild/protobuf";
import { GetNextResultBatchResponseSchema, StatusRequestSchema, StatusResponseSchema } from "e6data-web/proto";
import type { StacksOrder, StacksPlace } from "./answering-thread.ts";

/** Two stacks that answer at once, in a thread of their own: `status` with a small message, `getNextResultBatch` with a large one. */
export interface AnsweringStacks extends AsyncDisposable {
  readonly blue: StackAnswers;
  readonly green: StackAnswers;
  /** The small answer's bytes as gRPC frames them, and the large one's. */
  readonly smallBytes: number;
  readonly largeBytes: number;
}

/** One of them. */
export interface StackAnswers {
  readonly port: number;
  /** How many calls have come. */
  calls(): number;
  /** When the last of them came, in milliseconds since the epoch; 0 before the first. */
  lastCallAt(): number;
}

/** A message in gRPC's frame. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

/** What gRPC-Web appends to a good answer's messages. */
export const webTrailers: Buffer = Buffer.from("\x80\0\0\0\x0fgrpc-status:0\r\n", "latin1");

const ids = { sessionId: "0f8fad5b-d9cb-469f-a165-70867728950e", queryId: "7c9e6679-7425-40de-944b-e07fc1f90ae7" };

/** A small request, in its frame: what a client asks while a query runs. */
export const smallRequest: Buffer = framed(
  toBinary(StatusRequestSchema, create(StatusRequestSchema, { ...ids, engineIP: "10.0.0.7" })),
);

/** Starts the thread; resolves when both listen. */
export async function startAnsweringStacks(batchBytes: number): Promise<AnsweringStacks> {
  const small = create(StatusResponseSchema, { sessionId: ids.sessionId, status: true, rowCount: 100_000n });
  const large = create(GetNextResultBatchResponseSchema, {
    sessionId: ids.sessionId,
    resultBatch: new Uint8Array(batchBytes).map((_, index) => index * 31),
  });
  const order: StacksOrder = {
    small: framed(toBinary(StatusResponseSchema, small)),
    large: framed(toBinary(GetNextResultBatchResponseSchema, large)),
    arrivals: new Float64Array(new SharedArrayBuffer(4 * Float64Array.BYTES_PER_ELEMENT)),
  };
  const worker = new Worker(new URL("./answering-thread.ts", import.meta.url), { workerData: order });
  const [place]: StacksPlace[] = await once(worker, "message");
  if (place === undefined) throw new Error("the stacks did not say where they are");
  const answers = (index: 0 | 1): StackAnswers => ({
    port: place.ports[index],
    calls: () => order.arrivals[2 * index] ?? 0,
    lastCallAt: () => order.arrivals[2 * index + 1] ?? 0,
  });
  return {
    blue: answers(0),
    green: answers(1),
    smallBytes: order.small.length,
    largeBytes: order.large.length,
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
