import { describe, expect, it, vi } from "vitest";
import { numberedResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnectionOn } from "../../test/open-connection.ts";

/** A stream's first batch on its way, of a result in batches of the given sizes. Time stands still until a test lets it pass. */
async function askForBatch(sizes: readonly number[], batchesInAnswer: number, signal?: AbortSignal) {
  const { gateway, runtime, connection } = openConnectionOn(createManualRuntime());
  gateway.result = numberedResult(sizes);
  gateway.batchesInAnswer = batchesInAnswer;
  const stream = await connection.stream("select n from numbers", undefined, { signal });
  const batch = stream.batches()[Symbol.asyncIterator]().next();
  // A test may look at it later than it fails.
  batch.catch(() => undefined);
  const calls = () => gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("getNextResultBatch")).length;
  const isPausing = () => runtime.sleeping.includes(0);
  return { runtime, connection, batch, calls, isPausing };
}

describe("a batch of many rows", () => {
  it("is handed out once the call for the next one has gone out", async () => {
    const { runtime, connection, batch, calls, isPausing } = await askForBatch([10_000, 1], 1);
    await vi.waitUntil(isPausing);
    expect(calls()).toBeGreaterThan(1);
    runtime.advance(0);
    expect((await batch).value?.rowCount).toBe(10_000);
    await connection.close();
  });

  it("waits for nothing where nothing comes behind it", async () => {
    const { connection, batch, calls } = await askForBatch([10_000], 2);
    expect((await batch).value?.rowCount).toBe(10_000);
    expect(calls()).toBe(1);
    await connection.close();
  });

  it("waits for nothing where its rows are few", async () => {
    const { connection, batch } = await askForBatch([9_999, 1], 1);
    expect((await batch).value?.rowCount).toBe(9_999);
    await connection.close();
  });

  it("is not handed out to a caller who has left meanwhile", async () => {
    const leaving = new AbortController();
    const { connection, batch, isPausing } = await askForBatch([10_000, 1], 1, leaving.signal);
    await vi.waitUntil(isPausing);
    leaving.abort();
    await expect(batch).rejects.toMatchObject({ code: "CANCELLED" });
    expect(isPausing()).toBe(false);
    await connection.close();
  });
});
