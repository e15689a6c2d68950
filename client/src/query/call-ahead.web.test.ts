import { describe, expect, it, vi } from "vitest";
import { numberedResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { createGate, openConnectionOn } from "../../test/open-connection.ts";

/** A stream of a result in batches of the given sizes. The platform has its turn when a test opens the gate. */
async function openStream(sizes: readonly number[], batchesInAnswer: number, signal?: AbortSignal) {
  const gate = createGate();
  let turns = 0;
  const turn = () => {
    turns++;
    return gate.passed;
  };
  const { gateway, connection } = openConnectionOn({ ...createManualRuntime(), turn });
  gateway.result = numberedResult(sizes);
  gateway.batchesInAnswer = batchesInAnswer;
  const stream = await connection.stream("select n from numbers", undefined, { signal });
  const calls = () => gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("getNextResultBatch")).length;
  return { connection, stream, batches: stream.batches()[Symbol.asyncIterator](), calls, turns: () => turns, gate };
}

describe("a batch of many rows", () => {
  it("is handed out once the call for the next one has gone out", async () => {
    const { connection, batches, calls, turns, gate } = await openStream([10_000, 1], 1);
    const batch = batches.next();
    await vi.waitUntil(() => turns() === 1);
    expect(calls()).toBeGreaterThan(1);
    gate.open();
    expect((await batch).value?.rowCount).toBe(10_000);
    await connection.close();
  });

  it("waits once for a call, however many batches come in its answer", async () => {
    const { connection, stream, batches, turns, gate } = await openStream([10_000, 10_000, 10_000, 10_000], 2);
    gate.open();
    const counts: (number | undefined)[] = [];
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
      counts.push(next.value.rowCount);
      if (counts.length === 1) stream.detach();
    }
    expect(counts).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(turns()).toBe(1);
    await connection.close();
  });

  it("waits for nothing where nothing comes behind it", async () => {
    const { connection, batches, calls, turns } = await openStream([10_000], 2);
    expect((await batches.next()).value?.rowCount).toBe(10_000);
    expect([calls(), turns()]).toEqual([1, 0]);
    await connection.close();
  });

  it("waits for nothing where its rows are few", async () => {
    const { connection, batches, turns } = await openStream([9_999, 1], 1);
    expect((await batches.next()).value?.rowCount).toBe(9_999);
    expect(turns()).toBe(0);
    await connection.close();
  });

  it("is not handed out to a caller who has left meanwhile", async () => {
    const leaving = new AbortController();
    const { connection, batches, turns, gate } = await openStream([10_000, 1], 1, leaving.signal);
    const batch = batches.next();
    await vi.waitUntil(() => turns() === 1);
    leaving.abort();
    gate.open();
    await expect(batch).rejects.toMatchObject({ code: "CANCELLED" });
    await connection.close();
  });
});
