import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { createGate, openConnection } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";

const signIns = (calls: readonly string[]) => calls.filter((call) => call.endsWith("authenticate"));

/** Histories that broke earlier wordings of the rules, each where queries meet it. */
describe("Connection.query() through a deployment, as it was broken before", () => {
  it("V1: goes back when an announcement is dropped after the move, though the new stack still accepts", async () => {
    const { gateway, query, rest, close } = openTabs();
    gateway.standby = "green";
    gateway.target = "green";
    await query();
    await rest();
    expect(await query()).toBe("green");
    gateway.target = "blue";
    await query();
    await rest();
    expect(await query()).toBe("blue");
    await close();
  });

  it("V1: moves to a stack that was promoted without an announcement, though the old one still accepts", async () => {
    const { gateway, query, rest, close } = openTabs();
    await query();
    Object.assign(gateway, { active: "green", standby: "blue", target: "green" });
    await query();
    await rest();
    expect(await query()).toBe("green");
    await close();
  });

  it("V2: moves nobody back by an acceptance that was asked for before the flip", async () => {
    const { gateway, store, query, seen, close } = openTabs(2);
    const late = createGate();
    const asked = createGate();
    const held = gateway.overrides;
    gateway.overrides = {
      authenticate: async () => {
        asked.open();
        await late.passed;
        return { sessionId: "late" };
      },
    };
    const first = query(0);
    await asked.passed;
    gateway.overrides = held;
    Object.assign(gateway, { active: "green", standby: "blue" });
    const { epoch } = store.read();
    store.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "flipped", at: 1 });
    late.open();
    expect(await first).toBe("green");
    expect(store.read()).toMatchObject({ active: "green", epoch: "flipped" });
    expect(await query(1)).toBe("green");
    expect(signIns(seen())).toEqual(["blue authenticate", "green authenticate", "green authenticate"]);
    await close();
  });

  it("V3: makes no switch by a sign-in that was asked for under an announcement that was called off", async () => {
    const { gateway, store, query, rest, close } = openTabs();
    await query();
    const late = createGate();
    gateway.intercept = async (rpc, stack) => {
      if (rpc === "authenticate" && stack === "green") await late.passed;
      return undefined;
    };
    gateway.standby = gateway.target = "green";
    await query();
    const { pending } = store.read();
    gateway.target = undefined;
    await query();
    expect([pending?.stack, store.read().pending]).toEqual(["green", undefined]);
    late.open();
    await rest();
    expect(await query()).toBe("blue");
    expect(store.read().active).toBe("blue");
    await close();
  });

  it("V4: asks the other stack first, whatever name goes with the refusal", async () => {
    const { gateway, query, close } = openTabs();
    await query();
    const tried: string[] = [];
    gateway.active = "green";
    gateway.intercept = (rpc, stack) => {
      if (rpc === "authenticate" || rpc.startsWith("prepare")) tried.push(`${stack} ${rpc}`);
      // The engines have flipped first; the gateway does not know yet.
      return stack === "blue" ? refusal("blue") : undefined;
    };
    expect(await query()).toBe("green");
    expect(tried).toEqual(["blue prepareStatement", "green authenticate", "green prepareStatement"]);
    await close();
  });

  it("V5: makes one detection of five hundred refusals, half of which come late", async () => {
    const { gateway, tabs, query, seen, close } = openTabs();
    await query();
    seen();
    const late = createGate();
    gateway.active = "green";
    let prepares = 0;
    gateway.intercept = async (rpc, stack) => {
      if (stack === "blue" && rpc === "prepareStatement" && ++prepares % 2 === 0) await late.passed;
      return undefined;
    };
    const queries = Array.from({ length: 500 }, async () => (await tabs[0]?.query("select 1"))?.strategy);
    expect(await Promise.race(queries)).toBe("green");
    late.open();
    expect(new Set(await Promise.all(queries))).toEqual(new Set(["green"]));
    expect(signIns(seen())).toEqual(["green authenticate"]);
    await close();
  });

  it("V6: ignores an old answer that announces a stack which it has left since", async () => {
    const { gateway, store, query, close } = openTabs();
    await query();
    const late = createGate();
    const asked = createGate();
    gateway.intercept = async (rpc) => {
      if (rpc !== "getResultMetadata") return undefined;
      asked.open();
      await late.passed;
      return trailersOnly(Code.Internal, "Parser Error", { "x-e6-new-strategy": "green" });
    };
    const old = query().catch(() => undefined);
    await asked.passed;
    gateway.intercept = () => undefined;
    for (const active of ["green", "blue"] as const) {
      gateway.active = active;
      await query();
    }
    late.open();
    await old;
    expect(store.read()).toMatchObject({ active: "blue", pending: undefined });
    await close();
  });

  it("V7: goes on when both stacks refuse in turn, because it flips back meanwhile", async () => {
    const { gateway, runtime, query, rest, close } = openTabs();
    await query();
    gateway.active = "green";
    gateway.intercept = (rpc, stack) => {
      // Just as green is asked, blue is active again.
      if (stack === "green" && rpc === "authenticate") gateway.active = "blue";
      if (stack === "blue" && rpc === "authenticate") gateway.intercept = () => undefined;
      return gateway.active === stack && rpc !== "authenticate" ? undefined : refusal("blue");
    };
    const running = query();
    await rest();
    runtime.advance(200);
    expect(await running).toBe("blue");
    await close();
  });

  it("V8: takes a suspended stack for the active one, wakes it up, and asks it again", async () => {
    const { gateway, runtime, query, rest, seen, close } = openTabs();
    await query();
    await rest();
    seen();
    gateway.active = "green";
    let isSuspended = true;
    gateway.cluster = {
      status: () => ({ status: isSuspended ? "suspended" : "active" }),
      resume: () => {
        isSuspended = false;
        return { status: "active" };
      },
    };
    const asked: string[] = [];
    gateway.intercept = (rpc, stack) => {
      if (/^(authenticate|prepare)/.test(rpc)) asked.push(`${stack} ${rpc}`);
      return stack === "green" && isSuspended && rpc === "authenticate"
        ? new Response(null, { status: 503 })
        : undefined;
    };
    expect(await passTime(runtime, query())).toBe("green");
    expect(seen().slice(0, 2)).toEqual(["green status", "green resume"]);
    expect(asked).toEqual([
      "blue prepareStatement",
      "green authenticate",
      "green authenticate",
      "green prepareStatement",
    ]);
    await close();
  });

  it("V9: sends one query of twenty to a stack that accepts sign-ins and refuses work, not nineteen", async () => {
    const { gateway, store, query, rest, close } = openTabs();
    gateway.standby = gateway.target = "green";
    let refused = 0;
    gateway.intercept = (rpc, stack) => {
      if (stack !== "green" || rpc !== "prepareStatement") return undefined;
      refused++;
      return refusal("blue");
    };
    for (let n = 0; n < 20; n++) {
      expect(await query()).toBe("blue");
      await rest();
    }
    expect(refused).toBe(1);
    expect(store.read().version).toBeLessThan(8);
    await close();
  });

  it("V11: repeats no call about a query on a session that never prepared it", async () => {
    const { gateway, runtime, query, rest, close } = openTabs();
    await query();
    await rest();
    let denied = 0;
    gateway.intercept = (rpc) => {
      if (rpc !== "getResultMetadata" || denied++ > 0) return undefined;
      return trailersOnly(Code.Internal, "Access denied");
    };
    await passTime(runtime, query());
    await rest();
    const sessions = new Map<string, Set<string | undefined>>();
    for (const { queryId, sessionId } of gateway.calls) {
      if (queryId !== undefined) sessions.set(queryId, (sessions.get(queryId) ?? new Set()).add(sessionId));
    }
    expect([...sessions.values()].every((ids) => ids.size === 1)).toBe(true);
    expect(denied).toBeGreaterThan(0);
    await close();
  });

  it("V12: takes a refreshed session id on the stack that gave it only, and keeps the newer of two", async () => {
    const { gateway, query, rest, close } = openTabs();
    const reached = createGate();
    const late = createGate();
    let executed = 0;
    gateway.overrides.executeStatement = async () => {
      if (++executed > 1) return { sessionId: "newer" };
      reached.open();
      await late.passed;
      return { sessionId: "older" };
    };
    const first = query();
    await reached.passed;
    await query();
    late.open();
    await first;
    await rest();
    gateway.overrides = {};
    gateway.standby = gateway.target = "green";
    await query();
    await rest();
    expect(await query()).toBe("green");
    const sessionsOf = (name: string) =>
      gateway.calls.filter(({ rpc }) => rpc === name).map(({ sessionId }) => sessionId);
    expect(sessionsOf("prepareStatement")).toEqual(["blue-session-1", "blue-session-1", "newer", "green-session-1"]);
    expect(new Set(sessionsOf("clear").slice(0, 2))).toEqual(new Set(["newer"]));
    await close();
  });

  it("V13: restarts nothing when the stack refuses to clear", async () => {
    const { gateway, query, rest, seen, close } = openTabs();
    await query();
    await rest();
    seen();
    gateway.intercept = (rpc) => (rpc === "clear" ? refusal("green") : undefined);
    expect(await query()).toBe("blue");
    await rest();
    expect(seen().filter((call) => /prepare|authenticate/.test(call))).toEqual(["blue prepareStatement"]);
    await close();
  });

  it("V14: begins a query again of which nobody has seen a row when the answer to a fetch is lost", async () => {
    const { gateway, connection } = openConnection();
    gateway.result = longResult(3);
    let asked = "";
    let fetches = 0;
    gateway.intercept = (rpc) => {
      asked = rpc;
      return undefined;
    };
    gateway.deliver = (response) => {
      // The engine has moved its cursor by then.
      if (asked === "getNextResultBatch" && ++fetches === 2) throw new TypeError("connection reset");
      return response;
    };
    const { rowCount, queryId } = await connection.query("select c from t");
    await connection.close();
    expect(rowCount).toBe(9);
    const batchesOf = (id: string | undefined) =>
      gateway.calls.filter(({ rpc, queryId: of }) => rpc === "getNextResultBatch" && of === id).length;
    const executed = gateway.calls.filter(({ rpc }) => rpc === "executeStatement").map(({ queryId: id }) => id);
    expect(executed.map(batchesOf)).toEqual([2, 4]);
    expect(executed[1]).toBe(queryId);
    expect(gateway.openQueries.size).toBe(0);
  });

  it("V15: lets no query of another tab wait when one tab switches first", async () => {
    const { gateway, runtime, store, tabs, query, rest, seen, close } = openTabs(2);
    await query(0);
    await query(1);
    await rest();
    // The second tab's sign-in on green takes its time.
    const slow = createGate();
    let onGreen = 0;
    gateway.intercept = async (rpc, stack) => {
      if (rpc === "authenticate" && stack === "green" && ++onGreen > 1) await slow.passed;
      return undefined;
    };
    gateway.standby = gateway.target = "green";
    await query(0);
    await rest(1);
    expect(store.read().active).toBe("green");
    seen();
    expect(await query(0)).toBe("green");
    // One that waited would be out of time.
    const inTime = tabs[1]?.query("select 1", undefined, { timeoutMs: 60_000 });
    expect((await passTime(runtime, Promise.resolve(inTime)))?.strategy).toBe("blue");
    await rest(1);
    expect(signIns(seen())).toEqual([]);
    slow.open();
    await rest();
    expect([await query(0), await query(1)]).toEqual(["green", "green"]);
    expect(signIns(seen())).toEqual(["green authenticate"]);
    await close();
  });

  it("V15: asks its old stack no more once that has refused, and waits for the sign-in that is under way", async () => {
    const { gateway, runtime, query, rest, close } = openTabs(2);
    await query(0);
    await query(1);
    await rest();
    gateway.active = "green";
    const slow = createGate();
    let signIns = 0;
    let refused = 0;
    gateway.intercept = async (rpc, stack) => {
      if (rpc === "prepareStatement" && stack === "blue") refused++;
      if (rpc === "authenticate" && ++signIns > 1) await slow.passed;
      return undefined;
    };
    await query(0);
    await rest(1);
    refused = 0;
    const running = query(1);
    await rest(1);
    slow.open();
    expect(await passTime(runtime, running)).toBe("green");
    // One of each tab.
    expect([refused, signIns]).toEqual([1, 2]);
    await close();
  });

  it("V15: looks for nothing when its old stack refuses after it has signed in on the new one", async () => {
    const { gateway, query, rest, seen, close } = openTabs(2);
    await query(0);
    await query(1);
    await rest();
    const late = createGate();
    const slow = createGate();
    let asked = 0;
    gateway.intercept = async (rpc, stack) => {
      if (rpc === "authenticate" && ++asked === 2) await slow.passed;
      if (rpc !== "prepareStatement" || stack !== "blue" || asked === 0) return undefined;
      await late.passed;
      return refusal("green");
    };
    gateway.standby = gateway.target = "green";
    await query(0);
    await rest(1);
    const running = query(1);
    await rest(2);
    slow.open();
    await rest(1);
    seen();
    late.open();
    expect(await running).toBe("green");
    expect(signIns(seen())).toEqual([]);
    await close();
  });
});
