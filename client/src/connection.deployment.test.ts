import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it, vi } from "vitest";
import { trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { wallStartMs } from "../test/manual-runtime.ts";
import { createGate, openConnection, secret } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import type { Connection } from "./connection.ts";
import type { DeploymentEvent } from "./session/deployment-event.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** All that a connection tells from now on. */
function listen({ strategy }: Pick<Connection, "strategy">): DeploymentEvent[] {
  const events: DeploymentEvent[] = [];
  strategy.subscribe((event) => events.push(event));
  return events;
}

/** The events without their times. */
function steps(events: readonly DeploymentEvent[]): object[] {
  return events.map(({ at: _at, ...step }) => step).filter(({ type }) => type !== "detected");
}

/** Tabs that know blue, and what each of them tells from then on. */
async function openListeningTabs(count = 1) {
  const opened = openTabs(count);
  for (const tab of opened.tabs.keys()) await opened.query(tab);
  await opened.rest();
  return { ...opened, events: opened.tabs.map(listen) };
}

const announced = { type: "announced", stack: "green", by: "header" };

describe("Connection.strategy.subscribe()", () => {
  it("tells the first stack that is found, and when", async () => {
    const { connection } = openConnection();
    const events = listen(connection);
    await connection.query("select 1");
    await connection.close();
    const found = { type: "switched", from: undefined, to: "blue", changedAt: wallStartMs, tookMs: undefined };
    expect(events.filter(({ type }) => type === "switched")).toEqual([{ ...found, at: wallStartMs }]);
  });

  it("tells an announced switch: announced, accepted, switched", async () => {
    const { gateway, events, query, rest, close } = await openListeningTabs();
    gateway.standby = gateway.target = "green";
    await query();
    await rest();
    await query();
    expect(steps(events[0] ?? [])).toEqual([
      announced,
      { type: "accepted", stack: "green" },
      expect.objectContaining({ type: "switched", from: "blue", to: "green" }),
    ]);
    await close();
  });

  it("tells an announced switch in every tab, each once, whoever made it", async () => {
    const { gateway, events, query, rest, close } = await openListeningTabs(3);
    gateway.standby = gateway.target = "green";
    for (const tab of [0, 1, 2]) await query(tab);
    await rest();
    for (const tab of [0, 1, 2]) await query(tab);
    await rest();
    const switched = expect.objectContaining({ type: "switched", from: "blue", to: "green" });
    for (const told of events) {
      expect(steps(told.filter(({ type }) => type !== "accepted"))).toEqual([announced, switched]);
    }
    await close();
  });

  it("tells how long after its announcement a switch was made, by whomever", async () => {
    const { gateway, runtime, events, query, rest, close } = await openListeningTabs(2);
    const gate = createGate();
    gateway.intercept = (rpc, stack) =>
      `${stack} ${rpc}` === "green authenticate" ? gate.passed.then(() => undefined) : undefined;
    gateway.standby = gateway.target = "green";
    runtime.advance(1_000);
    await query();
    await rest(2);
    runtime.advance(2_500);
    gate.open();
    await rest();
    const switched = { from: "blue", to: "green", changedAt: wallStartMs + 3_500, tookMs: 2_500 };
    for (const told of events) expect(told).toContainEqual(expect.objectContaining(switched));
    await close();
  });

  it("tells an announcement that is called off", async () => {
    const { gateway, events, query, rest, close } = await openListeningTabs();
    gateway.target = "green";
    await query();
    await rest();
    gateway.target = undefined;
    await query();
    await rest();
    expect(steps(events[0] ?? [])).toEqual([
      announced,
      { type: "mismatch", stack: "green" },
      { type: "refused", stack: "green", code: "STRATEGY_MISMATCH", isFinal: false },
      { type: "called-off", stack: "green" },
    ]);
    await close();
  });

  it("tells that an announced stack refuses the credentials, for good", async () => {
    const { gateway, events, query, rest, close } = await openListeningTabs();
    gateway.standby = gateway.target = "green";
    gateway.intercept = (rpc, stack) =>
      rpc === "authenticate" && stack === "green" ? trailersOnly(Code.Unauthenticated, secret) : undefined;
    await query();
    await rest();
    expect(events[0]).toContainEqual(
      expect.objectContaining({ type: "refused", stack: "green", code: "AUTHENTICATION_FAILED", isFinal: true }),
    );
    await close();
  });

  it("tells each 456, and the switch that nobody announced", async () => {
    const { gateway, events, query, close } = await openListeningTabs();
    gateway.active = "green";
    expect(await query()).toBe("green");
    const told = steps(events[0] ?? []);
    expect(told).toContainEqual({ type: "mismatch", stack: "blue" });
    expect(told).toContainEqual(
      expect.objectContaining({ type: "switched", from: "blue", to: "green", tookMs: undefined }),
    );
    await close();
  });

  it("tells nothing twice where the same function listens twice, and each undo is its own", async () => {
    const { connection } = openConnection();
    const listener = vi.fn();
    const [first, second] = [connection.strategy.subscribe(listener), connection.strategy.subscribe(listener)];
    first();
    first();
    await connection.query("select 1");
    const { length } = listener.mock.calls.filter(([{ type }]) => type === "switched");
    expect(length).toBe(1);
    second();
    listener.mockClear();
    await connection.strategy.activate("blue");
    connection.strategy.announce("green");
    await connection.close();
    expect(listener).not.toHaveBeenCalled();
  });

  it("tells all listeners in the same order, also of what one of them causes", async () => {
    const { gateway, tabs, events, query, rest, close } = await openListeningTabs();
    const [connection] = tabs;
    connection?.strategy.subscribe(({ type }) => {
      if (type === "announced") connection.strategy.announce("blue");
    });
    const last = connection === undefined ? [] : listen(connection);
    gateway.target = "green";
    await query();
    await rest();
    expect(steps(last).slice(0, 2)).toEqual([announced, { type: "called-off", stack: "green" }]);
    expect(steps(events[0] ?? [])).toEqual(steps(last));
    await close();
  });

  it("hands what a listener throws to reportError, and goes on", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const broken = new Error("broken");
    const { connection } = openConnection({
      onDeployment: () => {
        throw broken;
      },
    });
    const events = listen(connection);
    expect((await connection.query("select 1")).rowCount).toBe(3);
    await connection.close();
    expect(new Set(reported)).toEqual(new Set([broken]));
    expect(events).not.toEqual([]);
  });

  it("tells nothing of a store that goes on when the connection is closed", async () => {
    const { tabs, events, query, store, close } = await openListeningTabs(2);
    await tabs[0]?.close();
    await tabs[1]?.strategy.activate("blue");
    store.dispatch({ type: "accepted", stack: "green", epoch: store.read().epoch, nextEpoch: "e9", at: 1 });
    expect(events.map((told) => told.some(({ type }) => type === "switched"))).toEqual([false, true]);
    await query(1).catch(() => undefined);
    await close();
  });

  it("holds no user, token, session or statement", async () => {
    const { gateway, connection } = openConnection({ user: "ann-marked", catalog: "marked" });
    const events = listen(connection);
    gateway.target = "green";
    gateway.overrides.executeStatement = () => {
      throw new ConnectError("marked failure", Code.Internal);
    };
    await connection.query("select 'marked'").catch(() => undefined);
    gateway.active = "green";
    await connection.query("select 'marked'").catch(() => undefined);
    await connection.close();
    const text = JSON.stringify(events);
    expect(text).toContain("switched");
    for (const word of ["marked", secret, "-session-"]) expect(text).not.toContain(word);
  });
});

describe("connect({ onDeployment })", () => {
  it("tells from the very beginning", async () => {
    const onDeployment = vi.fn();
    const { connection } = openConnection({ onDeployment });
    await connection.query("select 1");
    await connection.close();
    expect(onDeployment).toHaveBeenCalledWith(expect.objectContaining({ type: "switched", to: "blue" }));
  });

  it("tells names what is wrong with it", () => {
    expect(() => openConnection({ onDeployment: "log" })).toThrow('option "onDeployment" is not a function');
  });
});

describe("Connection.strategy", () => {
  it("shows what is known, from nothing on", async () => {
    const { connection } = openConnection();
    const { strategy } = connection;
    expect(strategy).toMatchObject({ active: undefined, announced: undefined, changedAt: 0, checkedAt: 0 });
    expect([strategy.sessions, strategy.pins]).toEqual([[], []]);
    await connection.query("select 1");
    expect(strategy).toMatchObject({ active: "blue", sessions: ["blue"], changedAt: wallStartMs });
    expect(strategy.checkedAt).toBeGreaterThanOrEqual(wallStartMs);
    await connection.close();
  });

  it("shows the queries that run, each where it lives, until they are cleared", async () => {
    const { gateway, tabs, query, rest, close } = openTabs();
    gateway.result = longResult(2);
    const [connection] = tabs;
    const stream = await connection?.stream("select c from t", undefined, { prefetchBytes: 0 });
    gateway.active = "green";
    await query();
    await rest();
    expect(connection?.strategy.pins).toEqual([{ queryId: stream?.queryId, strategy: "blue" }]);
    expect(connection?.strategy.sessions).toEqual(["blue", "green"]);
    await stream?.[Symbol.asyncDispose]();
    expect(connection?.strategy.pins).toEqual([]);
    await close();
  });
});
