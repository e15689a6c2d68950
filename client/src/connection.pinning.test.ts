import { describe, expect, it } from "vitest";
import { longResult } from "../test/long-result.ts";
import { type OpenTabs, openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";
import type { Strategy } from "./headers.ts";

/** Announces a stack and lets every tab move there while what already runs goes on. */
async function moveTo(stack: Strategy, { gateway, tabs, query, rest }: OpenTabs, held = 0) {
  gateway.target = stack;
  if (gateway.active !== stack) gateway.standby = stack;
  for (const tab of tabs.keys()) {
    await query(tab);
    await rest(held);
  }
  for (const tab of tabs.keys()) expect(await query(tab)).toBe(stack);
}

/** Where the calls about a query went. */
function homesOf({ gateway }: OpenTabs, queryId: string): Set<string> {
  const calls = gateway.calls.filter((call) => call.queryId === queryId);
  return new Set(calls.map(({ stack, sessionId, plannerIp }) => `${stack} ${sessionId} ${plannerIp}`));
}

describe("a query that a switch comes upon", () => {
  it.each([
    ["prepareStatement", 0],
    ["executeStatement", 0],
    ["getResultMetadata", 0],
    ["getNextResultBatchV2", 1],
    ["getNextResultBatch", 0],
    ["cancelQuery", 0],
    ["clear", 0],
  ])("stays on its stack, session and engine: with its %s", async (moment, batchesInAnswer) => {
    const opened = openTabs();
    const { gateway, runtime, tabs, query, rest, close } = opened;
    gateway.batchesInAnswer = batchesInAnswer;
    await query();
    await rest();
    gateway.result = longResult(2);
    let moved = 0;
    gateway.intercept = async (rpc) => {
      if (rpc === moment && moved++ === 0) await moveTo("green", opened, 1);
      return undefined;
    };
    let rows = 0;
    const read = async () => {
      const opening = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
      for await (const _row of opening ?? []) {
        rows++;
        if (moment === "cancelQuery") break;
      }
      return opening;
    };
    const stream = await passTime(runtime, read());
    await rest();
    expect([stream?.strategy, rows, moved > 0]).toEqual(["blue", moment === "cancelQuery" ? 1 : 6, true]);
    expect(homesOf(opened, stream?.queryId ?? "")).toEqual(new Set(["blue blue-session-1 blue-engine"]));
    expect(gateway.openQueries.size).toBe(0);
    await close();
  });
});

describe("several connections", () => {
  it("send each stack the sessions of that stack alone, signed in once on each, whichever of them moves first", async () => {
    const opened = openTabs(3);
    const { gateway, tabs, query, rest, close } = opened;
    for (const tab of tabs.keys()) await query(tab);
    gateway.result = longResult(2);
    const stream = await tabs[1]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    await moveTo("green", opened);
    // Hard: no announcement, and blue has never gone.
    Object.assign(gateway, { active: "blue", standby: undefined, target: undefined });
    for (const tab of [2, 0, 1]) expect(await query(tab)).toBe("blue");
    let rows = 0;
    for await (const _row of stream ?? []) rows++;
    await rest();
    expect(rows).toBe(6);
    expect(homesOf(opened, stream?.queryId ?? "").size).toBe(1);
    const strays = gateway.calls.filter(
      ({ stack, sessionId = "" }) => sessionId !== "" && !sessionId.startsWith(stack),
    );
    expect(strays).toEqual([]);
    const signIns = gateway.calls.filter(({ rpc }) => rpc === "authenticate").map(({ stack }) => stack);
    expect(signIns.filter((stack) => stack === "green")).toHaveLength(3);
    await close();
  });
});

describe("a cursor", () => {
  it("prepares its next statement on the stack that is active by then, with nothing of the one before", async () => {
    const opened = openTabs();
    const { gateway, runtime, tabs, rest, close } = opened;
    await using cursor = tabs[0]?.cursor();
    await cursor?.execute("select 1");
    await cursor?.fetchOne();
    gateway.active = "green";
    await passTime(runtime, Promise.resolve(cursor?.execute("select 2")));
    await cursor?.fetchAll();
    await rest();
    const prepares = gateway.calls.filter(({ rpc }) => rpc === "prepareStatement");
    expect(prepares.map(({ stack, sessionId, plannerIp }) => `${stack} ${sessionId} ${plannerIp}`)).toEqual([
      "blue blue-session-1 null",
      "green green-session-1 null",
    ]);
    expect(homesOf(opened, cursor?.queryId ?? "")).toEqual(new Set(["green green-session-1 green-engine"]));
    await close();
  });
});
