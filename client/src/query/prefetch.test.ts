import { describe, expect, it } from "vitest";
import { createAnswerBytes } from "../transport/answer-bytes.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { prefetch } from "./prefetch.ts";

/** A batch in the memory of an answer of its own. */
function received() {
  const answer = createAnswerBytes(1000, true);
  answer.add(Uint8Array.of(0));
  answer.add(Uint8Array.of(0));
  return { batch: readResultBatch(new Uint8Array(), []), bytes: 2, buffer: answer.toBytes().buffer };
}

describe("BatchQueue.free()", () => {
  it("gives back the memory of the batch that was handed out last, and of no other", async () => {
    const batches = [received(), received()];
    const queue = prefetch(
      () => Promise.resolve({ received: batches, ended: true }),
      1000,
      () => Promise.resolve(),
    );
    const first = await queue.next();
    const second = await queue.next();
    if (first === undefined || second === undefined) throw new Error("two batches were read");
    queue.free(first);
    expect(batches.map(({ buffer }) => buffer.byteLength > 0)).toEqual([true, true]);
    queue.free(second);
    expect(batches.map(({ buffer }) => buffer.byteLength > 0)).toEqual([true, false]);
    // Twice is once.
    queue.free(second);
    expect(await queue.next()).toBeUndefined();
  });
});
