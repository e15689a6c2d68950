import { describe, expect, it } from "vitest";
import { longResult } from "../test/long-result.ts";
import { createGate } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import { parseStrategy } from "./headers.ts";

describe("Connection and an announced switch", () => {
  it("adds no call to any query, and moves every tab with its first query once it is signed in", async () => {
    const { gateway, query, rest, seen, close } = openTabs(3);
    gateway.batchesInAnswer = 4;
    const callsOf = async (tab: number) => {
      seen();
      const stack = await query(tab);
      await rest();
      return [
        stack,
        seen()
          .filter((call) => !call.endsWith("authenticate"))
          .map((call) => call.replace(/^\w+ /, "")),
      ] as const;
    };
    for (const tab of [0, 1, 2]) await query(tab);
    await rest();
    const [, usual] = await callsOf(0);
    gateway.standby = gateway.target = "green";
    for (const tab of [0, 1, 2]) expect((await callsOf(tab))[1]).toEqual(usual);
    for (const tab of [0, 1, 2]) expect(await callsOf(tab)).toEqual(["green", usual]);
    expect(gateway.calls.filter(({ stack, rpc }) => stack === "green" && rpc === "authenticate")).toHaveLength(3);
    await close();
  });

  it("is made where the gateway leads though the engines name the other stack, without asking again and again", async () => {
    const { gateway, query, rest, seen, close } = openTabs();
    await query();
    seen();
    gateway.standby = gateway.target = "green";
    // As after a way back that only the gateway knows of.
    gateway.overrides.authenticate = () => ({ sessionId: "s", newStrategy: "blue" });
    gateway.overrides.clear = () => ({ newStrategy: "blue" });
    const stacks: string[] = [];
    for (let count = 0; count < 6; count++) {
      stacks.push(await query());
      await rest();
    }
    expect(stacks).toEqual(["blue", ...new Array<string>(5).fill("green")]);
    expect(seen().filter((call) => call.endsWith("authenticate"))).toEqual(["green authenticate", "blue authenticate"]);
    await close();
  });

  it("is made under queries that overlap without end", async () => {
    const { gateway, tabs, query, rest, close } = openTabs();
    await query();
    gateway.result = longResult(2);
    const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    gateway.standby = gateway.target = "green";
    expect(await query()).toBe("blue");
    await rest();
    expect(await query()).toBe("green");
    let rows = 0;
    for await (const _row of stream ?? []) rows++;
    await rest();
    expect([stream?.strategy, rows > 0]).toEqual(["blue", true]);
    const ofStream = gateway.calls.filter(({ queryId }) => queryId === stream?.queryId);
    expect(new Set(ofStream.map(({ stack, sessionId, plannerIp }) => `${stack} ${sessionId} ${plannerIp}`)).size).toBe(
      1,
    );
    await close();
  });

  it("is told to the old stack as accepted, once the new one has accepted", async () => {
    const { gateway, runtime, tabs, query, rest, close } = openTabs();
    const said: string[] = [];
    gateway.intercept = (rpc, stack, { headers }) => {
      said.push(`${stack} ${rpc}: ${headers.get("x-e6-ready-strategy")}`);
      return undefined;
    };
    const saidOf = async (work: () => Promise<unknown>) => {
      said.length = 0;
      await work();
      await rest();
      return [...new Set(said.map((line) => line.replace(/prepareStatement\w*/, "prepare")))];
    };
    gateway.result = longResult(5);
    expect(await saidOf(() => query())).toContain("blue authenticate: null");
    const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    const batches = stream?.batches()[Symbol.asyncIterator]();
    gateway.target = "green";
    // Announced, but not accepted: the tab stays where it is, and says so where it asks.
    const refused = await saidOf(() => query());
    expect(refused).toContain("green authenticate: blue");
    expect(refused.filter((line) => line.startsWith("blue") && !line.endsWith("null"))).toEqual([]);
    gateway.standby = "green";
    expect(
      await saidOf(async () => {
        runtime.advance(1_000);
        await rest();
      }),
    ).toEqual(["green authenticate: blue"]);
    // The stream runs, so the switch waits for the next query; what is said of it does not.
    expect(await saidOf(async () => batches?.next())).toEqual(["blue getNextResultBatch: green"]);
    const moved = await saidOf(() => query());
    expect(moved).toContain("green prepare: null");
    expect(moved.filter((line) => !/^green \w+: null$/.test(line))).toEqual([]);
    expect(await saidOf(async () => stream?.[Symbol.asyncDispose]())).toContain("blue clear: green");
    await close();
  });

  it("is called off by the answers to calls about a query that had begun before it", async () => {
    const { gateway, runtime, tabs, store, query, rest, close } = openTabs();
    await query();
    gateway.result = longResult(2);
    const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    gateway.target = "green";
    await query();
    await rest();
    expect([store.read().pending?.stack, runtime.sleeping]).toEqual(["green", [1_000]]);
    gateway.target = undefined;
    for await (const _row of stream ?? []);
    await rest();
    expect([store.read().active, store.read().pending, runtime.sleeping]).toEqual(["blue", undefined, []]);
    await close();
  });

  it.each([undefined, "green"])(
    "is not made while an engine announces it and the gateway names the active stack, which would lead back (%s)",
    async (newStrategy) => {
      const { gateway, runtime, store, query, rest, seen, close } = openTabs();
      gateway.overrides.clear = () => ({ newStrategy: "green" });
      // What an engine says beside it does not stand for what the gateway says.
      let sessions = 0;
      gateway.overrides.authenticate = () => ({
        sessionId: `session-${++sessions}`,
        ...(newStrategy && { newStrategy }),
      });
      gateway.standby = "green";
      gateway.target = "blue";
      await query();
      await rest();
      expect(store.read()).toMatchObject({ active: "blue", pending: { stack: "green", by: "message" } });
      expect(seen().at(-1)).toBe("green authenticate");
      gateway.target = undefined;
      runtime.advance(1_000);
      await rest();
      expect(store.read().active).toBe("green");
      await close();
    },
  );

  it.each([300_000, 60_000])("looks in the background whether what is known still holds after %d ms", async (ttlMs) => {
    const { gateway, runtime, query, rest, seen, close } = openTabs(1, { deploymentTtlMs: ttlMs });
    await query();
    await rest();
    seen();
    // Work refreshes what is known.
    for (const milliseconds of [ttlMs - 1, ttlMs - 1, 2]) {
      runtime.advance(milliseconds);
      await query();
      await rest();
      expect(seen().filter((call) => call.endsWith("authenticate"))).toEqual([]);
    }
    runtime.advance(ttlMs + 1);
    const slow = createGate();
    gateway.intercept = async (rpc) => {
      if (rpc === "authenticate") await slow.passed;
      return undefined;
    };
    expect(await query()).toBe("blue");
    slow.open();
    await rest();
    expect(seen().filter((call) => call.endsWith("authenticate"))).toEqual(["blue authenticate"]);
    await close();
  });

  it.each(["", "purple", "green;blue", "1"])("does nothing by %j for a stack", async (value) => {
    expect(parseStrategy(value)).toBeUndefined();
    const { gateway, store, query, close } = openTabs();
    gateway.deliver = (response) => {
      response.headers.set("x-e6-new-strategy", value);
      return response;
    };
    await query();
    expect(store.read().pending).toBeUndefined();
    await close();
  });
});
