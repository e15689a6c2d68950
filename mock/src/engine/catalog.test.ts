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
