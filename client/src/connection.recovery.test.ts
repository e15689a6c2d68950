import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";
import type { DeploymentEvent } from "./session/deployment-event.ts";

const unreachable = () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" });
const limited = () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "OVERLOADED" });
const timedOut = () => trailersOnly(Code.DeadlineExceeded, "");
const lost = () => Promise.reject<Response>(new TypeError("connection reset"));
const reset = () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "UPSTREAM_RESET" });

/** A tab on blue, which is signed in. */
async function openOnBlue(options: object = {}) {
  const told: DeploymentEvent[] = [];
  const tabs = openTabs(1, { onDeployment: (event: DeploymentEvent) => told.push(event), ...options });
  const [connection] = tabs.tabs;
  if (connection === undefined) throw new Error("no tab");
  await tabs.query();
  await tabs.rest();
  tabs.seen();
  told.length = 0;
  const pass = <T>(work: Promise<T>) => passTime(tabs.runtime, work);
  /** How often each call was tried, by stack and call, whoever answered. */
  const tried: Record<string, number> = {};
  const intercept = (answer: (call: string, n: number) => Response | Promise<Response> | undefined) => {
    tabs.gateway.intercept = (rpc, stack) => {
      const call = `${stack} ${rpc}`;
      tried[call] = (tried[call] ?? 0) + 1;
      return answer(call, tried[call]);
    };
  };
  const recovered = () => told.filter(({ type }) => type === "recovered");
  return { ...tabs, connection, pass, tried, intercept, recovered };
}

describe("a connection whose stack cannot be reached", () => {
  it.each(["prepareStatement", "authenticate"])("goes to the other one: at its %s", async (rpc) => {
    const { gateway, connection, pass, tried, intercept, recovered, close } = await openOnBlue();
    const again = rpc === "authenticate";
    gateway.standby = "green";
    let denied = false;
    intercept((call) => {
      if (again && call === "blue prepareStatement" && !denied) {
        denied = true;
        return trailersOnly(Code.Internal, "Access denied");
      }
      return call.startsWith("blue") && (!again || call.endsWith(rpc)) ? unreachable() : undefined;
    });
    expect((await pass(connection.query("select 1"))).strategy).toBe("green");
    expect(tried[`blue ${rpc}`]).toBe(again ? 3 : 2);
    expect(recovered()).toMatchObject([{ by: "detection", code: again ? "SESSION_EXPIRED" : "GATEWAY" }]);
    await close();
  });

  it("stays where it is once it can be reached again, for nobody has refused", async () => {
    const { gateway, connection, pass, tried, intercept, recovered, close } = await openOnBlue();
    gateway.standby = "green";
    intercept((call, n) => (call === "blue prepareStatement" && n <= 2 ? lost() : undefined));
    expect((await pass(connection.query("select 1"))).strategy).toBe("blue");
    expect([tried["blue authenticate"], tried["green authenticate"]]).toEqual([1, undefined]);
    expect(recovered()).toMatchObject([{ by: "detection", code: "NETWORK", tries: 2 }]);
    await close();
  });

  it("says so once the time for it is over, and no sooner", async () => {
    const { runtime, connection, pass, intercept, close } = await openOnBlue({ recoveryTimeoutMs: 30_000 });
    intercept(() => unreachable());
    const before = runtime.now();
    await expect(pass(connection.query("select 1"))).rejects.toMatchObject({
      code: "NO_ACTIVE_STACK",
      message: expect.stringContaining("blue: NO_HEALTHY_UPSTREAM, green: NO_HEALTHY_UPSTREAM"),
    });
    const took = runtime.now() - before;
    // One pause more would not have fitted in.
    expect([took > 20_000, took <= 30_000]).toEqual([true, true]);
    await close();
  });

  it("asks nobody else where the gateway limits its calls", async () => {
    const { connection, pass, tried, intercept, recovered, close } = await openOnBlue();
    intercept((call, n) => (call === "blue prepareStatement" && n <= 4 ? limited() : undefined));
    expect((await pass(connection.query("select 1"))).strategy).toBe("blue");
    expect(Object.keys(tried).filter((call) => call.endsWith("authenticate"))).toEqual([]);
    expect(recovered()).toMatchObject([{ by: "repeat", code: "RESOURCE_EXHAUSTED", tries: 4, tookMs: 3_000 }]);
    await close();
  });
});

describe("a connection whose sessions are gone on both stacks", () => {
  it("signs in on each of them, where work is led from one to the other meanwhile", async () => {
    const { gateway, store, connection, pass, seen, intercept, rest, close } = await openOnBlue();
    const flip = (stack: "blue" | "green") => {
      gateway.active = stack;
      const { epoch } = store.read();
      store.dispatch({ type: "accepted", stack, epoch, nextEpoch: `on-${stack}`, at: 1 });
    };
    flip("green");
    await pass(connection.query("select 1"));
    await rest();
    expect((await pass(connection.query("select 1"))).strategy).toBe("green");
    await rest();
    expect([...connection.strategy.sessions].sort()).toEqual(["blue", "green"]);
    seen();
    const denying = new Set(["green prepareStatement", "blue prepareStatement"]);
    intercept((call) => {
      if (!denying.delete(call)) return undefined;
      if (call.startsWith("green")) flip("blue");
      return trailersOnly(Code.Internal, "Access denied");
    });
    expect((await pass(connection.query("select 1"))).strategy).toBe("blue");
    expect([...denying]).toEqual([]);
    expect(seen().filter((call) => call.endsWith("authenticate"))).toEqual(["blue authenticate"]);
    await close();
  });
});

describe("a statement that writes", () => {
  it.each([
    ["prepareStatement", lost],
    ["prepareStatement", reset],
    ["prepareStatement", unreachable],
    ["prepareStatement", limited],
    ["executeStatement", unreachable],
    ["executeStatement", limited],
  ])("makes a call again by which nothing has been done: its %s, %o", async (rpc, fail) => {
    const { connection, pass, seen, intercept, rest, close } = await openOnBlue();
    intercept((call, n) => (call === `blue ${rpc}` && n === 1 ? fail() : undefined));
    await pass(connection.query("insert into t values (1)"));
    await rest();
    expect(seen().filter((call) => call.includes("Statement"))).toEqual([
      "blue prepareStatement",
      "blue executeStatement",
    ]);
    await close();
  });

  it("begins again elsewhere where its stack is gone before it was executed", async () => {
    const { gateway, connection, pass, seen, intercept, rest, close } = await openOnBlue();
    intercept((call) => {
      if (call !== "blue executeStatement" && gateway.active === "blue") return undefined;
      gateway.active = "green";
      return call.startsWith("blue") ? unreachable() : undefined;
    });
    expect((await pass(connection.query("insert into t values (1)"))).strategy).toBe("green");
    await rest();
    expect(seen().filter((call) => call.endsWith("executeStatement"))).toEqual(["green executeStatement"]);
    await close();
  });

  it.each([lost, reset, timedOut])("is not executed again where that is lost: %o", async (fail) => {
    const { connection, pass, tried, intercept, close } = await openOnBlue();
    intercept((call) => (call.endsWith("executeStatement") ? fail() : undefined));
    await expect(pass(connection.query("insert into t values (1)"))).rejects.toMatchObject({
      code: "SUBMISSION_UNKNOWN",
      retryable: false,
    });
    expect(tried["blue executeStatement"]).toBe(1);
    await close();
  });

  it("is not to be tried again where the time of its caller, or of a call about it, ran out", async () => {
    const { runtime, connection, intercept, close } = await openOnBlue();
    intercept((call) => (call === "blue getResultMetadata" ? timedOut() : undefined));
    const insert = "insert into t values (1)";
    await expect(connection.query(insert)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: false });
    const held = Promise.withResolvers<Response>();
    intercept((call) => {
      if (call !== "blue executeStatement") return undefined;
      runtime.advance(1_000);
      return held.promise;
    });
    const late = connection.query(insert, undefined, { timeoutMs: 1_000 });
    await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: false });
    held.resolve(timedOut());
    await close();
  });
});

describe("a call without a query", () => {
  it.each([lost, reset, unreachable])("is made again where it changes nothing: %o", async (fail) => {
    const { connection, pass, tried, intercept, close } = await openOnBlue();
    intercept((call, n) => (call === "blue healthCheck" && n === 1 ? fail() : undefined));
    await pass(connection.ping());
    expect(tried["blue healthCheck"]).toBe(2);
    await close();
  });

  it.each([
    [lost, 1, "SUBMISSION_UNKNOWN"],
    [reset, 1, "SUBMISSION_UNKNOWN"],
    // In all tries together, after the detections that follow the second.
    [unreachable, 5, "GATEWAY"],
    [limited, 5, "RESOURCE_EXHAUSTED"],
  ] as const)("that changes something is made again only where it was not made: %o", async (fail, times, code) => {
    const { connection, pass, tried, intercept, close } = await openOnBlue();
    intercept((call) => (call === "blue refreshCatalogs" ? fail() : undefined));
    await expect(pass(connection.refreshCatalogs())).rejects.toMatchObject({ code });
    expect(tried["blue refreshCatalogs"]).toBe(times);
    await close();
  });

  it("about a query fails alone where its time runs out, though rows have been handed out", async () => {
    const { connection, intercept, close } = await openOnBlue();
    await using cursor = connection.cursor();
    await cursor.execute("select 1");
    await cursor.fetchOne();
    intercept((call) => (call === "blue status" ? timedOut() : undefined));
    await expect(cursor.status()).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(await cursor.fetchAll()).toHaveLength(2);
    await close();
  });

  it("about a query is made again, and ends the query neither way", async () => {
    const { connection, pass, tried, intercept, close } = await openOnBlue();
    const query = await connection.submit("select 1");
    intercept((call, n) => (call === "blue status" && n <= 1 ? lost() : undefined));
    expect(await pass(query.status())).toEqual({ done: true, rowCount: 3 });
    intercept((call) => (call === "blue status" ? refusal("green") : undefined));
    await expect(pass(query.status())).rejects.toMatchObject({ code: "RESULT_INTERRUPTED" });
    expect(tried["blue status"]).toBe(3);
    intercept(() => undefined);
    expect((await pass(query.result())).rowCount).toBe(3);
    await close();
  });
});

describe("a stack that finds a statement wrong", () => {
  it("has done work: what it refuses later is no reason to ignore its announcements", async () => {
    const { gateway, runtime, store, connection, pass, intercept, close } = await openOnBlue();
    gateway.active = "green";
    await pass(connection.query("select 1").catch(() => undefined));
    const { changedAt } = store.read();
    runtime.advance(20_000);
    intercept((call) => (call.endsWith("prepareStatement") ? trailersOnly(Code.Internal, "Parser Error") : undefined));
    await expect(connection.query("selct")).rejects.toMatchObject({ code: "SQL_ERROR" });
    expect(store.read().checkedAt).toBe(changedAt + 20_000);
    await close();
  });
});

describe("a connection that knows of no stack yet", () => {
  it.each([
    [22_700, 1],
    [60_000, 5],
  ])("has of its %d ms only what is left once it has found one", async (recoveryTimeoutMs, times) => {
    const { gateway, runtime, tabs, close } = openTabs(1, { recoveryTimeoutMs });
    let prepares = 0;
    gateway.intercept = (rpc) => {
      // Found with the eighth round, after 22.6 seconds.
      if (rpc === "authenticate") return runtime.now() < 22_000 ? refusal("blue") : undefined;
      if (rpc !== "prepareStatement") return undefined;
      prepares++;
      return limited();
    };
    const query = passTime(runtime, Promise.resolve(tabs[0]?.query("select 1")));
    await expect(query).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect(prepares).toBe(times);
    await close();
  });
});

describe("a connection that may not recover", () => {
  it("tells the first failure there is", async () => {
    const { gateway, connection, tried, close } = await openOnBlue({ recoveryTimeoutMs: 0 });
    gateway.intercept = (rpc) => {
      tried[rpc] = (tried[rpc] ?? 0) + 1;
      return rpc === "prepareStatement" ? refusal("green") : undefined;
    };
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "STRATEGY_MISMATCH" });
    expect(tried).toEqual({ prepareStatement: 1 });
    await close();
  });
});
