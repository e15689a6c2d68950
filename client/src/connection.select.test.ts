import { Code } from "@connectrpc/connect";
import { afterEach, describe, expect, it, vi } from "vitest";
import { trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { openConnection } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import { eventually } from "../test/store-suite.ts";
import type { DeploymentEvent } from "./session/deployment-event.ts";
import type { SelectStrategy } from "./session/selection.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A tab that knows blue, where `selectStrategy` is asked from then on. */
async function openSelecting(select: SelectStrategy) {
  const choice: { select: SelectStrategy } = { select: () => undefined };
  const events: DeploymentEvent[] = [];
  const selectStrategy: SelectStrategy = (view) => choice.select(view);
  const opened = openTabs(1, { selectStrategy, onDeployment: (event: DeploymentEvent) => events.push(event) });
  await opened.query();
  await opened.rest();
  opened.seen();
  events.length = 0;
  choice.select = select;
  return { ...opened, choice, events };
}

const ignored = (events: readonly DeploymentEvent[]) => events.filter(({ type }) => type === "selection-ignored");

describe("connect({ selectStrategy })", () => {
  it("leads new work where it says, and moves nobody else: the active stack stays", async () => {
    const { gateway, tabs, query, seen, close } = await openSelecting(() => "green");
    gateway.standby = "green";
    expect(await query()).toBe("green");
    expect(seen().slice(0, 2)).toEqual(["green authenticate", "green prepareStatement"]);
    expect(await query()).toBe("green");
    expect(seen().filter((call) => call.endsWith("authenticate"))).toEqual([]);
    expect(tabs[0]?.strategy.active).toBe("blue");
    await close();
  });

  it("is asked with what is known, for each piece of new work", async () => {
    const select = vi.fn<SelectStrategy>(() => undefined);
    const { gateway, tabs, query, rest, close } = await openSelecting(select);
    await query();
    expect(select.mock.calls).toEqual([[{ active: "blue", announced: undefined }]]);
    await tabs[0]?.ping();
    expect(select).toHaveBeenCalledTimes(2);
    gateway.target = "green";
    await query();
    await rest();
    await query();
    expect(select).toHaveBeenLastCalledWith({ active: "blue", announced: "green" });
    await close();
  });

  it("is not asked about a query that runs, nor about one that is picked up", async () => {
    const select = vi.fn<SelectStrategy>(() => undefined);
    const { gateway, tabs, close } = await openSelecting(select);
    gateway.result = longResult(3);
    const running = await tabs[0]?.submit("select c from t");
    expect(select).toHaveBeenCalledTimes(1);
    select.mockReturnValue("green");
    const handle = running?.handle();
    await running?.status();
    if (handle !== undefined) await (await tabs[0]?.attach(handle))?.result();
    expect(select).toHaveBeenCalledTimes(1);
    expect(gateway.rpcsOf("green")).toEqual([]);
    await close();
  });

  it("stays where it says while everybody moves: some users keep to the old stack", async () => {
    const { gateway, tabs, query, rest, close } = await openSelecting(() => "blue");
    gateway.target = gateway.active = "green";
    gateway.standby = "blue";
    await tabs[0]?.strategy.activate("green");
    await rest();
    expect(tabs[0]?.strategy.active).toBe("green");
    expect(await query()).toBe("blue");
    await close();
  });

  it("goes where the others go if the stack refuses to let anybody in, told each time, in no extra round", async () => {
    const { gateway, query, events, seen, close } = await openSelecting(() => "green");
    expect(await query()).toBe("blue");
    expect([gateway.refused, seen()[0]]).toEqual([["green authenticate"], "blue prepareStatement"]);
    expect(ignored(events)).toMatchObject([{ stack: "green", code: "STRATEGY_MISMATCH" }]);
    await query();
    expect(ignored(events)).toHaveLength(2);
    await close();
  });

  it("asks a stack that has let nobody in no second time for the same work", async () => {
    const { gateway, connection } = openConnection({ selectStrategy: () => "green" });
    let isDenied = false;
    gateway.intercept = (rpc) => {
      if (isDenied || rpc !== "prepareStatement") return undefined;
      isDenied = true;
      return trailersOnly(Code.Internal, "Access denied");
    };
    expect((await connection.query("select 1")).strategy).toBe("blue");
    expect([isDenied, gateway.refused]).toEqual([true, ["green authenticate"]]);
    await connection.close();
  });

  it("changes nothing where it names the active stack: where that one refuses, the other one is found", async () => {
    const { gateway, store, query, close } = openTabs();
    await query();
    gateway.active = "green";
    const onDeployment = vi.fn();
    const selectStrategy: SelectStrategy = ({ active }) => active;
    const { connection } = openConnection({ store, fetch: gateway.fetch, selectStrategy, onDeployment });
    expect((await connection.query("select 1")).strategy).toBe("green");
    expect(gateway.refused).toEqual(["blue authenticate"]);
    expect(onDeployment).not.toHaveBeenCalledWith(expect.objectContaining({ type: "selection-ignored" }));
    await connection.close();
    await close();
  });

  it.each(["the network", "the credentials", "the cluster"])(
    "goes where the others go if %s refuses there",
    async (what) => {
      const { gateway, query, events, close } = await openSelecting(() => "green");
      gateway.intercept = (_rpc, stack) => {
        if (stack !== "green") return undefined;
        if (what === "the network") return Promise.reject(new TypeError("no network"));
        return what === "the credentials"
          ? trailersOnly(Code.Unauthenticated, "no")
          : new Response(null, { status: 503 });
      };
      expect(await query()).toBe("blue");
      expect(ignored(events)).toHaveLength(1);
      await close();
    },
  );

  it("goes where the others go if the stack refuses the work itself, without a search", async () => {
    const { gateway, query, events, close } = await openSelecting(() => "green");
    gateway.standby = "green";
    await query();
    gateway.standby = undefined;
    events.length = 0;
    expect(await query()).toBe("blue");
    expect(gateway.refused).toEqual(["green prepareStatement"]);
    expect(events.map(({ type }) => type)).toEqual(["mismatch", "recovered"]);
    await close();
  });

  it("signs in again where it says when the session there has gone", async () => {
    const { gateway, connection } = openConnection({ selectStrategy: () => "green" });
    gateway.standby = "green";
    await connection.query("select 1");
    let isDenied = false;
    gateway.intercept = (rpc) => {
      if (isDenied || rpc !== "prepareStatement") return undefined;
      isDenied = true;
      return trailersOnly(Code.Internal, "Access denied");
    };
    expect((await connection.query("select 1")).strategy).toBe("green");
    expect(gateway.rpcsOf("green").filter((rpc) => rpc === "authenticate")).toHaveLength(2);
    expect(gateway.rpcsOf("blue")).toEqual([]);
    await connection.close();
  });

  it.each<[string, SelectStrategy]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["names no stack", () => Object("red").valueOf()],
    ["answers later", () => Object(Promise.resolve("green"))],
    ["answers null", () => Object(null) && JSON.parse("null")],
  ])("is passed over where it %s, told once, and what it throws goes to reportError", async (what, select) => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const { query, events, close } = await openSelecting(select);
    expect([await query(), await query()]).toEqual(["blue", "blue"]);
    expect(ignored(events)).toMatchObject([{ stack: undefined, code: undefined }]);
    expect(reported.length).toBe(what === "throws" ? 2 : 0);
    await close();
  });

  it("ends with its caller while it waits for the stack that was named", async () => {
    const { gateway, tabs, events, close } = await openSelecting(() => "green");
    gateway.intercept = (_rpc, stack) => (stack === "green" ? new Promise(() => undefined) : undefined);
    const giveUp = new AbortController();
    const waiting = tabs[0]?.query("select 1", undefined, { signal: giveUp.signal });
    await eventually(() => expect(gateway.inFlight).toBe(1));
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    expect(ignored(events)).toEqual([]);
    await close();
  });

  it("tells what is wrong with it", () => {
    expect(() => openTabs(1, { selectStrategy: "green" })).toThrow('option "selectStrategy" is not a function');
  });
});
