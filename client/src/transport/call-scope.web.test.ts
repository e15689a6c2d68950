import { describe, expect, it } from "vitest";
import { createManualRuntime, wallStartMs } from "../../test/manual-runtime.ts";
import { bearer, openConnectionOn } from "../../test/open-connection.ts";
import { longestSleepMs } from "../runtime.ts";
import { createScope } from "./call-scope.ts";

const closing = new AbortController().signal;
const inMs = (milliseconds: number) => new Date(wallStartMs + milliseconds);

describe("createScope()", () => {
  it("ends at the deadline, by the clock as it was when the call began", async () => {
    const runtime = createManualRuntime();
    const deadline = inMs(5000);
    const { signal, remainingMs } = createScope({ closing, runtime }, { deadline });
    // The caller's to change: the call has read it.
    deadline.setTime(0);
    runtime.advance(4000);
    expect(remainingMs()).toBe(1000);
    expect(signal.aborted).toBe(false);
    runtime.advance(1000);
    await expect.poll(() => signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: false });
    expect(runtime.sleeping).toEqual([]);
  });

  it.each([
    [1000, 5000, "took longer than 1000 ms"],
    [5000, 1000, "deadline of the call has passed"],
  ])("ends by the earlier of timeoutMs %i and a deadline in %i ms", async (timeoutMs, untilDeadline, message) => {
    const runtime = createManualRuntime();
    const { signal, remainingMs } = createScope({ closing, runtime }, { timeoutMs, deadline: inMs(untilDeadline) });
    expect(remainingMs(500)).toBe(1500);
    runtime.advance(1000);
    await expect.poll(() => signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "DEADLINE_EXCEEDED", message: expect.stringContaining(message) });
  });

  it("reaches as far as a date does, in steps that a timer can take", async () => {
    const runtime = createManualRuntime();
    const { signal, remainingMs, end } = createScope({ closing, runtime }, { deadline: inMs(2 * longestSleepMs + 10) });
    expect(remainingMs(1000)).toBe(longestSleepMs);
    for (const step of [longestSleepMs, longestSleepMs, 10]) {
      await expect.poll(() => runtime.sleeping).toEqual([step]);
      expect(signal.aborted).toBe(false);
      runtime.advance(step);
    }
    await expect.poll(() => signal.aborted).toBe(true);
    const other = createScope({ closing, runtime }, { deadline: inMs(1e15) });
    other.end();
    end();
    expect(runtime.sleeping).toEqual([]);
  });
});

describe("a deadline that has passed", () => {
  const calls = {
    query: (connection) => connection.query("select 1", undefined, { deadline: inMs(0) }),
    submit: (connection) => connection.submit("select 1", undefined, { deadline: inMs(-1) }),
    catalogs: (connection) => connection.catalogs({ deadline: inMs(0) }),
    addCatalogs: (connection) => connection.addCatalogs({}, { deadline: inMs(0), timeoutMs: 10 }),
    "cluster.status": (connection) => connection.cluster.status({ deadline: new Date(0) }),
    "cluster.resumeAndWait": (connection) => connection.cluster.resumeAndWait({ deadline: inMs(0) }),
  } satisfies Record<string, (connection: ReturnType<typeof openConnectionOn>["connection"]) => Promise<unknown>>;

  it.each(Object.entries(calls))("lets nothing begin: %s()", async (_name, call) => {
    const { gateway, runtime, connection } = openConnectionOn(createManualRuntime(), bearer);
    await expect(call(connection)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(gateway.calls).toEqual([]);
    expect(runtime.sleeping).toEqual([]);
    await connection.close();
  });
});

describe("a deadline", () => {
  it("that passes while rows are read stops the query at the engine", async () => {
    const { gateway, runtime, connection } = openConnectionOn(createManualRuntime());
    const stream = await connection.stream("select 1", undefined, { deadline: inMs(30_000), prefetchBytes: 0 });
    expect(gateway.calls.at(-1)?.timeout).toBe("31000m");
    runtime.advance(30_000);
    const read = async () => {
      for await (const _row of stream);
    };
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await expect(read()).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      queryId: "blue-query-2",
      strategy: "blue",
      rowsDelivered: 0,
    });
    await connection.close();
  });

  it.each([
    ["a text", "2030-01-01"],
    ["a number", Date.UTC(2030, 0)],
    ["an invalid date", new Date("soon")],
  ])("is a valid Date, not %s", async (_what, deadline) => {
    const { gateway, connection } = openConnectionOn(createManualRuntime());
    const options = { deadline } as object;
    const refused = { code: "INVALID_OPTION", message: expect.stringContaining('"deadline"') };
    await expect(connection.query("select 1", undefined, options)).rejects.toMatchObject(refused);
    await expect(connection.tables(options)).rejects.toMatchObject(refused);
    await expect(connection.cluster.resumeAndWait(options)).rejects.toMatchObject(refused);
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });
});
