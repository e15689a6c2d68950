import { describe, expect, it } from "vitest";
import { wallStartMs } from "../../test/manual-runtime.ts";
import { openConnection } from "../../test/open-connection.ts";
import { openTabs } from "../../test/open-tabs.ts";
import { type WatchOptions, watchDeployment } from "./watch-deployment.ts";

describe("watchDeployment()", () => {
  it("keeps what happens, in order and in numbers, and shows the connection as plain data", async () => {
    const { gateway, runtime, tabs, query, rest, close } = openTabs();
    const [connection] = tabs;
    if (connection === undefined) expect.fail("no connection");
    const watch = watchDeployment(connection, { now: () => runtime.wallMs() });
    await query();
    await rest();
    gateway.standby = gateway.target = "green";
    await query();
    await rest();
    await query();
    const types = watch.history.map(({ event }) => event.type).filter((type) => type !== "detected");
    expect(types).toEqual(["switched", "announced", "accepted", "switched"]);
    expect(watch.tally).toMatchObject({ switches: { blue: 0, green: 1 }, mismatches: 0, interrupted: 0 });
    const snapshot = watch.snapshot();
    expect(snapshot).toMatchObject({
      at: wallStartMs,
      active: "green",
      announced: undefined,
      sessions: ["blue", "green"],
      changedAt: wallStartMs,
    });
    expect(JSON.parse(JSON.stringify(snapshot))).toMatchObject({
      active: "green",
      history: { length: watch.history.length },
    });
    expect(watch.health().status).toBe("healthy");
    await close();
  });

  it("counts refusals, and tells that it is not well", async () => {
    const { gateway, connection } = openConnection();
    using watch = watchDeployment(connection);
    gateway.active = "green";
    gateway.intercept = (_rpc, stack) => (stack === "green" ? Promise.reject(new TypeError("no network")) : undefined);
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "NO_ACTIVE_STACK" });
    expect(watch.tally.mismatches).toBe(gateway.refused.length);
    expect(watch.health()).toMatchObject({ status: "unhealthy", detection: { status: "unhealthy" } });
    await connection.close();
  });

  it("keeps so many entries", async () => {
    const { connection } = openConnection();
    const watch = watchDeployment(connection, { limit: 1 });
    await connection.query("select 1");
    connection.strategy.announce("green");
    expect(watch.history.map(({ event }) => event.type)).toEqual(["announced"]);
    await connection.close();
  });

  it("sees nothing any more once it is closed, and shows what it has seen", async () => {
    const { connection } = openConnection();
    const watch = watchDeployment(connection);
    await connection.query("select 1");
    const { history } = watch;
    watch.close();
    connection.strategy.announce("green");
    expect(watch.history).toEqual(history);
    expect(history).not.toEqual([]);
    await connection.close();
  });

  it.each<[WatchOptions, string]>([
    [{ limit: 0 }, 'option "limit" is not a whole number from 1 to 10000'],
    [{ limit: 1.5 }, 'option "limit" is not a whole number from 1 to 10000'],
    [{ limit: 10_001 }, 'option "limit" is not a whole number from 1 to 10000'],
    [{ now: Object("now") }, 'option "now" is not a function'],
    [Object({ surprise: 1 }), 'option "surprise" is not known to watchDeployment()'],
  ])("refuses %o", (options, message) => {
    const { connection } = openConnection();
    expect(() => watchDeployment(connection, options)).toThrow(message);
  });
});
