import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";

describe("the catalog", () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await createEngine({ scale: 0.001 });
  });
  afterEach(() => engine[Symbol.asyncDispose]());

  it("lists catalogs, schemas, tables and columns", async () => {
    await runSql(engine, "CREATE VIEW tpch.a_view AS SELECT 1::BIGINT AS one, NULL AS nothing");
    expect(await engine.catalogs()).toEqual([{ name: "sample", isDefault: true }]);
    expect(await engine.schemas()).toEqual(["sales", "tpch"]);
    expect(await engine.schemas("SAMPLE")).toEqual(["sales", "tpch"]);
    expect(await engine.tables("tpch")).toEqual([
      "a_view",
      "customer",
      "lineitem",
      "nation",
      "orders",
      "part",
      "partsupp",
      "region",
      "supplier",
    ]);
    expect(await engine.tables("sales", "sample")).toContain("fact_sales");
    expect(await engine.columns("region", "tpch")).toEqual([
      { name: "r_regionkey", type: "INTEGER" },
      { name: "r_name", type: "STRING" },
      { name: "r_comment", type: "STRING" },
    ]);
    expect((await engine.columns("A_VIEW", "tpch", "sample"))[0]).toEqual({ name: "one", type: "LONG" });
  });

  it("shows main once it holds something", async () => {
    await runSql(engine, "CREATE TABLE main.t (a INT)");
    expect(await engine.schemas()).toEqual(["main", "sales", "tpch"]);
  });

  it("adds catalogs and schemas, in which statements work as in the others", async () => {
    await engine.addCatalog('my "own"');
    await engine.addSchema("Daily", 'my "own"');
    await engine.addCatalog("Alpha");
    expect(await engine.catalogs()).toEqual([
      { name: "sample", isDefault: true },
      { name: "Alpha", isDefault: false },
      { name: 'my "own"', isDefault: false },
    ]);
    expect(await engine.schemas('my "own"')).toEqual(["Daily"]);
    const namespace = { catalog: 'my "own"', schema: "daily" };
    await runSql(engine, "CREATE TABLE t AS SELECT 7 AS seven", [], namespace);
    expect(await engine.tables("Daily", 'my "own"')).toEqual(["t"]);
    expect((await runSql(engine, "SELECT seven FROM t", [], namespace)).rows).toEqual([[7]]);
    expect((await runSql(engine, "SELECT count(*) FROM region", [], {})).rows).toEqual([[5n]]);
  });

  it.each([
    ["sample", /already exists/],
    ["SAMPLE", /already exists/],
    ["temp", /temp/],
    ["system", /system/],
    ["", /1 to 128 characters/],
    ["a\0b", /control character/],
    ["x".repeat(129), /1 to 128 characters/],
  ])("adds no catalog of the name %j", async (name, message) => {
    await expect(engine.addCatalog(name)).rejects.toThrow(message);
    expect(await engine.catalogs()).toHaveLength(1);
  });

  it("adds no schema that is there or whose catalog is not, and no catalog above the limit", async () => {
    await expect(engine.addSchema("tpch", "sample")).rejects.toThrow(/already exists/);
    await expect(engine.addSchema("a", "nowhere")).rejects.toThrow(/nowhere/);
    for (let i = 1; i < 100; i++) await engine.addCatalog(`c${i}`);
    await expect(engine.addCatalog("c100")).rejects.toThrow(/there are 100 catalogs/);
  });

  it("refuses names that are not there", async () => {
    await expect(engine.tables("nowhere")).rejects.toThrow(/nowhere/);
    await expect(engine.tables("tpch", "nowhere")).rejects.toThrow(/nowhere/);
    await expect(engine.schemas("nowhere")).rejects.toThrow(/nowhere/);
    await expect(engine.columns("nowhere", "tpch")).rejects.toThrow(/nowhere/);
    await expect(engine.columns('x" --', "tpch")).rejects.toThrow(/does not exist/);
  });

  it("does not show the table of a running statement's result", async () => {
    expect((await runSql(engine, "SELECT * FROM duckdb_tables() WHERE table_name LIKE 'e6%'")).rows).toEqual([]);
    expect((await runSql(engine, "SHOW ALL TABLES")).rows.flat()).not.toContain("e6_result");
  });
});
