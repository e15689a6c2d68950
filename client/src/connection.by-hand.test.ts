import { describe, expect, it } from "vitest";
import { longResult } from "../test/long-result.ts";
import { createGate, openConnection } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import type { DeploymentEvent } from "./session/deployment-event.ts";
import { unknownStrategy } from "./strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "./strategy/strategy-store.ts";

/** Tabs that know blue; what they tell from then on comes into `events`, what they ask is not looked at yet. */
async function openTabsOnBlue(count = 1, events: DeploymentEvent[] = []) {
  const opened = openTabs(count);
  for (const tab of opened.tabs.keys()) await opened.query(tab);
  await opened.rest();
  for (const { strategy } of opened.tabs) strategy.subscribe((event) => events.push(event));
  opened.seen();
  return opened;
}

/** A connection whose store has not been read yet: at `open()` it knows the stack that others have found. */
function openUnread() {
  const gate = createGate();
  const known = { ...unknownStrategy("l", "e1"), active: "blue", changedAt: 1, checkedAt: 1 } as const;
  const [unread, read] = [createMemoryStore(unknownStrategy("l", "e0")), createMemoryStore(known)];
  let isRead = false;
  const store: StrategyStore = {
    ...read,
    read: () => (isRead ? read : unread).read(),
    ready: gate.passed,
    withLock: (_name, _maxWaitMs, work) => gate.passed.then(work),
  };
  const open = () => {
    isRead = true;
    gate.open();
  };
  return { ...openConnection({ store }), open };
}

describe("Connection.strategy.activate()", () => {
  it("leads new work of every tab to a stack, once it has accepted a sign-in", async () => {
    const events: DeploymentEvent[] = [];
    const { gateway, tabs, query, rest, seen, close } = await openTabsOnBlue(2, events);
    gateway.standby = "green";
    await tabs[0]?.strategy.activate("green");
    expect(tabs.map(({ strategy }) => strategy.active)).toEqual(["green", "green"]);
    await rest();
    // The other tab follows in the background, as it follows every switch.
    expect(seen()).toEqual(["green authenticate", "green authenticate"]);
    expect(await query()).toBe("green");
    const switched = expect.objectContaining({ type: "switched", from: "blue", to: "green" });
    expect(events.filter(({ type }) => type === "switched")).toEqual([switched, switched]);
    await close();
  });

  it("changes nothing where the stack refuses, and rejects with how", async () => {
    const { tabs, query, close } = await openTabsOnBlue();
    const activating = tabs[0]?.strategy.activate("green");
    await expect(activating).rejects.toMatchObject({ code: "STRATEGY_MISMATCH", strategy: "green" });
    expect(tabs[0]?.strategy.active).toBe("blue");
    expect(await query()).toBe("blue");
    await close();
  });

  it("asks again where somebody else has moved meanwhile: what was accepted is no more", async () => {
    const { gateway, tabs, store, seen, close } = await openTabsOnBlue();
    gateway.standby = "green";
    const activating = tabs[0]?.strategy.activate("green");
    const { epoch } = store.read();
    store.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "e8", at: 1 });
    store.dispatch({ type: "accepted", stack: "blue", epoch: "e8", nextEpoch: "e9", at: 2 });
    await activating;
    expect(seen().filter((call) => call === "green authenticate")).toHaveLength(2);
    expect(store.read().active).toBe("green");
    await close();
  });

  it("waits for what others know, once: nothing is accepted that they have never heard of", async () => {
    const { gateway, connection, open } = openUnread();
    gateway.standby = "green";
    const activating = connection.strategy.activate("green");
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(gateway.calls).toEqual([]);
    open();
    await activating;
    expect(gateway.rpcsOf("green")).toEqual(["authenticate"]);
    expect(connection.strategy.active).toBe("green");
    await connection.close();
  });

  it("ends by its time", async () => {
    const { gateway, runtime, tabs, rest, close } = await openTabsOnBlue();
    gateway.intercept = () => new Promise(() => undefined);
    const calls = [
      tabs[0]?.strategy.activate("green", { timeoutMs: 50 }),
      tabs[0]?.strategy.refresh({ timeoutMs: 50 }),
    ];
    const ended = Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" })));
    await rest(2);
    runtime.advance(50);
    await ended;
    expect(tabs[0]?.strategy.active).toBe("blue");
    await close();
  });

  it("ends by its caller's signal, and with the connection", async () => {
    const { connection } = openConnection();
    const { strategy } = connection;
    await expect(strategy.activate("blue", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    await connection.close();
    await expect(strategy.activate("blue")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(strategy.refresh()).rejects.toMatchObject({ code: "CLOSED" });
    expect(() => strategy.announce("blue")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  });

  it("changes nothing once its caller has left, whatever the stack answers then", async () => {
    const { gateway, tabs, rest, close } = await openTabsOnBlue();
    const gate = createGate();
    gateway.standby = "green";
    gateway.intercept = () => gate.passed.then(() => undefined);
    const giveUp = new AbortController();
    const activating = tabs[0]?.strategy.activate("green", { signal: giveUp.signal });
    await rest(1);
    giveUp.abort();
    await expect(activating).rejects.toMatchObject({ code: "CANCELLED" });
    gate.open();
    await rest();
    expect(tabs[0]?.strategy).toMatchObject({ active: "blue", sessions: ["blue", "green"] });
    await close();
  });

  it.each(["Blue", "", "red", undefined])("takes no stack that is none: %s", async (name) => {
    const { connection } = openConnection();
    const stack: never = Object(name).valueOf() as never;
    const wrong = { code: "INVALID_PARAMETER", message: expect.stringContaining("neither blue nor green") };
    await expect(connection.strategy.activate(stack)).rejects.toMatchObject(wrong);
    expect(() => connection.strategy.announce(stack)).toThrow(expect.objectContaining(wrong));
  });

  it("knows its options", async () => {
    const { strategy } = openConnection().connection;
    const wrong = { code: "INVALID_OPTION", message: expect.stringContaining('option "timeout"') };
    await expect(strategy.activate("blue", Object({ timeout: 1 }))).rejects.toMatchObject(wrong);
    await expect(strategy.refresh(Object({ timeout: 1 }))).rejects.toMatchObject(wrong);
  });
});

describe("Connection.strategy.announce()", () => {
  it("leads over as an engine's announcement does: sign-in in the background, then the next query", async () => {
    const events: DeploymentEvent[] = [];
    const { gateway, tabs, query, rest, seen, close } = await openTabsOnBlue(1, events);
    gateway.standby = "green";
    gateway.result = longResult(2);
    const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    seen();
    tabs[0]?.strategy.announce("green");
    expect(tabs[0]?.strategy).toMatchObject({ active: "blue", announced: "green" });
    await rest();
    expect(seen()).toEqual(["green authenticate"]);
    expect(tabs[0]?.strategy.active).toBe("blue");
    expect(await query()).toBe("green");
    expect(events).toContainEqual(expect.objectContaining({ type: "announced", stack: "green", by: "message" }));
    await stream?.[Symbol.asyncDispose]();
    await close();
  });

  it("calls off by the active stack's name", async () => {
    const { gateway, tabs, rest, close } = await openTabsOnBlue();
    gateway.intercept = (_rpc, stack) => (stack === "green" ? new Promise(() => undefined) : undefined);
    const [connection] = tabs;
    connection?.strategy.announce("green");
    expect(connection?.strategy.announced).toBe("green");
    connection?.strategy.announce("blue");
    expect(connection?.strategy).toMatchObject({ active: "blue", announced: undefined });
    await rest(1);
    await close();
  });
});

describe("Connection.strategy.refresh()", () => {
  it("asks the active stack, and moves where it refuses", async () => {
    const { gateway, tabs, seen, close } = await openTabsOnBlue();
    const [connection] = tabs;
    seen();
    await connection?.strategy.refresh();
    expect([seen(), connection?.strategy.active]).toEqual([["blue authenticate"], "blue"]);
    gateway.active = "green";
    await connection?.strategy.refresh();
    expect([gateway.refused, connection?.strategy.active]).toEqual([["blue authenticate"], "green"]);
    await close();
  });

  it("asks, also where others have found a stack long ago", async () => {
    const { gateway, connection, open } = openUnread();
    const refreshing = connection.strategy.refresh();
    open();
    await refreshing;
    expect(gateway.rpcsOf("blue")).toEqual(["authenticate"]);
    await connection.close();
  });

  it("finds the stack before the first query does", async () => {
    const { connection, gateway } = openConnection({
      store: createMemoryStore(unknownStrategy("l", "e0")),
    });
    await connection.strategy.refresh();
    expect(connection.strategy.active).toBe("blue");
    await connection.query("select 1");
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(1);
    await connection.close();
  });
});
