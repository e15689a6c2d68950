import { Code } from "@connectrpc/connect";
import { afterEach, describe, expect, it, vi } from "vitest";
import { trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { createGate, openConnectionOn } from "../../test/open-connection.ts";
import { IdentifyPlannerResponse_QueueMessage as QueueMessage } from "../gen/e6x_engine_pb.ts";
import type { QueryEvent } from "./query-event.ts";

/** A connection, and what the listener of its queries heard. */
function openListening() {
  const events: QueryEvent[] = [];
  const onEvent = (event: QueryEvent) => void events.push(event);
  return { ...openConnectionOn(createManualRuntime()), events, onEvent };
}

const blue = { queryId: "blue-query-2", strategy: "blue", elapsedMs: 0 };

afterEach(() => vi.unstubAllGlobals());

describe("the events of a query", () => {
  it("tell its life, with an estimate of what is to come", async () => {
    const { gateway, connection, events, onEvent } = openListening();
    gateway.result = longResult(3);
    await connection.query("select 1", undefined, { onEvent });
    expect(events).toEqual([
      { type: "authenticating", elapsedMs: 0 },
      { type: "planning", strategy: "blue", elapsedMs: 0 },
      { type: "running", ...blue },
      { type: "fetching", batch: 1, rows: 3, rowCount: 9, batches: 3, ...blue },
      { type: "fetching", batch: 2, rows: 6, rowCount: 9, batches: 3, ...blue },
      { type: "fetching", batch: 3, rows: 9, rowCount: 9, batches: 3, ...blue },
      { type: "done", rows: 9, ...blue },
    ]);
    await connection.close();
  });

  it("promise nothing where the engine knows no count, and no sign-in where there was none", async () => {
    const { gateway, connection, events, onEvent } = openListening();
    gateway.result = longResult(1, -1);
    await connection.query("select 1");
    await connection.query("select 1", undefined, { onEvent });
    expect(events.map(({ type }) => type)).toEqual(["planning", "running", "fetching", "done"]);
    expect(events[2]).toEqual({
      type: "fetching",
      batch: 1,
      rows: 3,
      elapsedMs: 0,
      queryId: "blue-query-3",
      strategy: "blue",
    });
    await connection.close();
  });

  it("tell how far an engine is that takes its time", async () => {
    const { gateway, runtime, connection, events, onEvent } = openListening();
    const ready = createGate();
    const { metadata } = gateway.result;
    let asked = 0;
    gateway.overrides.getResultMetadata = async () => {
      await ready.passed;
      return { resultMetaData: metadata };
    };
    gateway.overrides.status = () => ({ status: false, rowCount: BigInt(100 * ++asked) });
    const query = connection.query("select 1", undefined, { onEvent });
    for (const [pause, rows] of [
      [500, 100],
      [1000, 200],
    ] as const) {
      await expect.poll(() => runtime.sleeping).toEqual([pause]);
      runtime.advance(pause);
      await expect.poll(() => events.at(-1)).toMatchObject({ type: "running", rows });
    }
    ready.open();
    await query;
    expect(events.at(-1)).toMatchObject({ type: "done", elapsedMs: 1500 });
    expect(runtime.sleeping).toEqual([]);
    await connection.close();
  });

  it("tell why the engine lets a statement wait for a planner, where one is asked for", async () => {
    const { gateway, runtime, connection, events, onEvent } = openListening();
    const answers = [QueueMessage.WAITING_ON_PLANNER_SCALEUP, QueueMessage.RATE_LIMIT, QueueMessage.GO_AHEAD];
    gateway.overrides.identifyPlanner = () => ({
      queueMessage: answers.shift() ?? QueueMessage.GO_AHEAD,
      existingQuery: { queryId: "queued", elapsedTimeMillis: 0n },
      plannerIp: "planner-2",
    });
    const query = connection.query("select 1", undefined, { onEvent, awaitPlanner: true });
    for (const reason of ["planner-scale-up", "rate-limit"]) {
      await expect.poll(() => events.at(-1)).toMatchObject({ type: "queued", reason });
      await expect.poll(() => runtime.sleeping).toHaveLength(1);
      runtime.advance(2000);
    }
    await query;
    expect(events.map(({ type }) => type).slice(0, 4)).toEqual(["authenticating", "queued", "queued", "planning"]);
    expect(gateway.calls.find(({ rpc }) => rpc === "prepareStatement")?.message).toMatchObject({
      plannerIp: "planner-2",
      existingQuery: { queryId: "queued" },
    });
    await connection.close();
  });

  it("tell of no queue where the engine has none", async () => {
    const { gateway, connection, events, onEvent } = openListening();
    gateway.intercept = (rpc) =>
      rpc === "identifyPlanner" ? trailersOnly(Code.Unimplemented, "not implemented") : undefined;
    await connection.query("select 1", undefined, { onEvent, awaitPlanner: true });
    expect(events.map(({ type }) => type)).not.toContain("queued");
    await connection.close();
  });

  it.each(["prepareStatement", "getResultMetadata", "getNextResultBatchV2"])(
    "end with a failure, once: %s",
    async (failing) => {
      const { gateway, connection, events, onEvent } = openListening();
      gateway.intercept = (rpc) => (rpc === failing ? trailersOnly(Code.Internal, "Parser Error") : undefined);
      await expect(connection.query("selct", undefined, { onEvent })).rejects.toThrow();
      await connection.close();
      expect(events.at(-1)).toMatchObject({ type: "failed", error: { code: "SQL_ERROR" } });
      expect(events.filter(({ type }) => type === "failed")).toHaveLength(1);
    },
  );

  it("end with a cancellation, once", async () => {
    const { connection, events, onEvent } = openListening();
    const stream = await connection.stream("select 1", undefined, { onEvent });
    await stream.close();
    await connection.close();
    expect(events.filter(({ type }) => type === "cancelled" || type === "done")).toEqual([
      { type: "cancelled", ...blue },
    ]);
  });

  it("do not touch the query when their listener fails", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const { connection } = openListening();
    const broken = new Error("broken listener");
    const onEvent = () => {
      throw broken;
    };
    expect((await connection.query("select 1", undefined, { onEvent })).rowCount).toBe(3);
    expect(reported[0]).toBe(broken);
    vi.stubGlobal("reportError", undefined);
    expect((await connection.query("select 1", undefined, { onEvent })).rowCount).toBe(3);
    await connection.close();
  });
});
