import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "../test/scripted-engine.ts";
import { createManualClock } from "./clock.ts";
import { createQueryRegistry, type Query } from "./query-registry.ts";

const owner = { user: "ada", session: "s" };

function setUp(maxOpenQueries = 2) {
  const clock = createManualClock();
  const engine = createScriptedEngine();
  const queries = createQueryRegistry(clock, { queryIdleMs: 1000, maxOpenQueries });
  const add = async (): Promise<Query> => {
    const query = queries.add(await engine.prepare("select 1", {}), owner, "10.0.0.1", 0);
    if (!query) throw new Error("no room");
    return query;
  };
  return { clock, engine, queries, add };
}

describe("createQueryRegistry()", () => {
  it("finds a query until it is removed, then says that it was cleared", async () => {
    const { engine, queries, add } = setUp();
    const query = await add();
    expect(queries.find(query.id)).toEqual({ query });
    await queries.remove(query.id);
    expect(queries.find(query.id)).toEqual({ absence: "cleared" });
    expect(engine.open).toBe(0);
    expect(queries.find("never")).toEqual({ absence: "unknown" });
  });

  it("gives an idle query back by itself, counted from its last call", async () => {
    const { clock, engine, queries, add } = setUp();
    const query = await add();
    clock.advance(999);
    await queries.during(query, () => Promise.resolve());
    clock.advance(999);
    expect(engine.open).toBe(1);
    clock.advance(1);
    expect(engine.open).toBe(0);
    expect(queries.find(query.id)).toEqual({ absence: "idle" });
  });

  it("does not count the time of a call as idle", async () => {
    const { clock, queries, add } = setUp();
    const query = await add();
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = queries.during(query, () => promise);
    clock.advance(5000);
    expect(queries.size).toBe(1);
    resolve();
    await call;
    clock.advance(999);
    expect(queries.size).toBe(1);
    clock.advance(1);
    expect(queries.size).toBe(0);
  });

  it("gives back the query that was idle for the longest time when there are too many", async () => {
    const { queries, add } = setUp();
    const [first, second] = [await add(), await add()];
    await queries.during(first, () => Promise.resolve());
    await add();
    expect(queries.find(second.id)).toEqual({ absence: "crowded" });
    expect(queries.find(first.id)).toEqual({ query: first });
  });

  it("has no room when every query is in a call", async () => {
    const { engine, queries, add } = setUp(1);
    const query = await add();
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = queries.during(query, () => promise);
    expect(queries.add(await engine.prepare("select 1", {}), owner, "10.0.0.1", 0)).toBe(undefined);
    resolve();
    await call;
  });

  it("closes everything when it is cleared", async () => {
    const { engine, queries, add } = setUp();
    const query = await add();
    await add();
    await queries.clear();
    expect(engine.open).toBe(0);
    expect(queries.find(query.id)).toEqual({ absence: "unknown" });
  });
});
