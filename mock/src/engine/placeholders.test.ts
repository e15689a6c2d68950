import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";

describe("placeholders()", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001 });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it.each([
    ["SELECT 1", []],
    [
      "SELECT * FROM orders WHERE o_orderkey = ? AND o_totalprice > ? AND o_orderdate < ?",
      ["LONG", "DECIMAL128", "DATE"],
    ],
    ["SELECT * FROM region WHERE r_name LIKE ? LIMIT ?", ["STRING", "LONG"]],
    ["INSERT INTO region VALUES (?, ?, ?)", ["INTEGER", "STRING", "STRING"]],
    ["SELECT ?::TIMESTAMPTZ, ?::BOOLEAN, ?::BLOB", ["TIMESTAMP_TZ", "BOOLEAN", "BINARY"]],
    ['SELECT ?, \'?\', "?" FROM (SELECT 1 AS "?") -- ?', [""]],
  ])("tells the types that DuckDB expects: %s", async (sql, types) => {
    const statement = await engine.prepare(sql, {});
    expect(statement.placeholders()).toEqual(types.map((type, index) => ({ index, type })));
    await statement.close();
    expect(() => statement.placeholders()).toThrow(/closed/);
  });
});

describe("analyze()", () => {
  it("refuses what cannot be planned where it is asked for, and runs and keeps nothing", async () => {
    await using engine = await createEngine({ scale: 0.001, maxOpenStatements: 1 });
    const sales = { catalog: "sample", schema: "sales" };
    await engine.analyze("CREATE TABLE t AS SELECT * FROM fact_sales WHERE amount > ?", sales);
    await engine.analyze("SELECT count(*) FROM dim_store", sales);
    expect(await engine.tables("sales")).not.toContain("t");
    await expect(engine.analyze("SELECT * FROM dim_store", {})).rejects.toThrow(/dim_store/);
    await expect(engine.analyze("SELECT * FROM region", { catalog: "nowhere", schema: "x" })).rejects.toThrow(
      /nowhere/,
    );
    await expect(engine.analyze("SELEKT 1", sales)).rejects.toThrow(/^Parser Error/);
    await expect(engine.analyze("COPY dim_store TO 'x'", sales)).rejects.toThrow(/not allowed|disabled/);
  });
});
