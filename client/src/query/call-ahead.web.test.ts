import { describe, expect, it } from "vitest";
import { numberedResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnectionOn } from "../../test/open-connection.ts";
import { settle } from "../../test/settle.ts";

/** A stream's first batch on its way, of a result in batches of the given sizes; time stands still until a test lets it pass. */
async function askForBatch(sizes: readonly number[], batchesInAnswer = 0, signal?: AbortSignal) {
  const { gateway, runtime, connection } = openConnectionOn(createManualRuntime());
  gateway.result = numberedResult(sizes);
  gateway.batchesInAnswer = batchesInAnswer;
  const stream = await connection.stream("select n from numbers", undefined, { signal });
  let isThere = false;
  const batch = stream.batches()[Symbol.asyncIterator]().next();
  const arrival = batch.then(() => {
    isThere = true;
  });
  arrival.catch(() => undefined);
  await settle();
  const calls = () => gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("getNextResultBatch")).length;
  return { runtime, connection, batch, arrival, calls, isThere: () => isThere };
}

describe("a batch of many rows", () => {
  it("is handed out once the call for the next one has gone out", async () => {
    const { runtime, connection, arrival, calls, isThere } = await askForBatch([10_000, 1], 1);
    expect(isThere()).toBe(false);
    expect(calls()).toBeGreaterThan(1);
    expect(runtime.sleeping).toContain(0);
    runtime.advance(0);
    await arrival;
    await connection.close();
  });

  it("waits for nothing where nothing comes behind it", async () => {
    const { connection, calls, isThere } = await askForBatch([10_000], 2);
    expect([calls(), isThere()]).toEqual([1, true]);
    await connection.close();
  });

  it("waits for nothing where its rows are few", async () => {
    const { connection, isThere } = await askForBatch([9_999, 1]);
    expect(isThere()).toBe(true);
    await connection.close();
  });

  it("is not handed out to a caller who has left meanwhile", async () => {
    const leaving = new AbortController();
    const { runtime, connection, batch } = await askForBatch([10_000, 1], 0, leaving.signal);
    leaving.abort();
    await expect(batch).rejects.toMatchObject({ code: "CANCELLED" });
    expect(runtime.sleeping).not.toContain(0);
    await connection.close();
  });
});
