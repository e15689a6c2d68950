import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";

/** Each table's rows as one number, whatever their order. */
async function checksums(engine: Engine): Promise<Record<string, unknown>> {
  const sums: Record<string, unknown> = {};
  for (const schema of await engine.schemas()) {
    for (const table of await engine.tables(schema)) {
      const columns = (await engine.columns(table, schema)).map(({ name }) => `t.${name}::VARCHAR`).join(", ");
      const sum = `SELECT count(*) || ' ' || left(md5(string_agg(md5(concat_ws('|', ${columns})), '' ORDER BY md5(concat_ws('|', ${columns})))), 12)`;
      sums[`${schema}.${table}`] = await oneValue(engine, `${sum} FROM ${schema}.${table} AS t`);
    }
  }
  return sums;
}

describe("the sample", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine();
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it("has the same rows each time", async () => {
    await using again = await createEngine({ threads: 1 });
    const sums = await checksums(engine);
    expect(await checksums(again)).toEqual(sums);
    expect(sums).toMatchInlineSnapshot(`
      {
        "sales.dim_customer": "200 6686ae25c79c",
        "sales.dim_date": "1096 379f740e5565",
        "sales.dim_product": "50 3f7d0edfb5b2",
        "sales.dim_store": "10 9cb429f2cc9b",
        "sales.every_type": "3 2619f7072cd9",
        "sales.fact_sales": "10000 08b852e6b388",
        "tpch.customer": "1500 91b883dbd131",
        "tpch.lineitem": "60262 222c13b98b74",
        "tpch.nation": "25 027608fecdcf",
        "tpch.orders": "15000 1c71301f46dd",
        "tpch.part": "2000 227fbc458bb8",
        "tpch.partsupp": "8000 3665afb5d1b0",
        "tpch.region": "5 e1dde927efbb",
        "tpch.supplier": "100 cc33af362f5f",
      }
    `);
  });

  it("has the same rows in the same order each time", async () => {
    await using again = await createEngine({ threads: 1 });
    for (const table of ["tpch.lineitem", "tpch.orders", "tpch.partsupp", "sales.fact_sales"]) {
      const sql = `SELECT md5(string_agg(t::VARCHAR, '')) FROM ${table} AS t`;
      expect(await oneValue(again, sql)).toBe(await oneValue(engine, sql));
    }
  });

  it.each([
    ["nation", "n_regionkey", "region", "r_regionkey"],
    ["supplier", "s_nationkey", "nation", "n_nationkey"],
    ["customer", "c_nationkey", "nation", "n_nationkey"],
    ["partsupp", "ps_partkey", "part", "p_partkey"],
    ["partsupp", "ps_suppkey", "supplier", "s_suppkey"],
    ["orders", "o_custkey", "customer", "c_custkey"],
    ["lineitem", "l_orderkey", "orders", "o_orderkey"],
    ["lineitem", "(l_partkey, l_suppkey)", "partsupp", "(ps_partkey, ps_suppkey)"],
    ["sales.fact_sales", "date_key", "sales.dim_date", "date_key"],
    ["sales.fact_sales", "store_key", "sales.dim_store", "store_key"],
    ["sales.fact_sales", "product_key", "sales.dim_product", "product_key"],
    ["sales.fact_sales", "customer_key", "sales.dim_customer", "customer_key"],
  ])("has no %s whose %s is not in %s", async (from, key, to, target) => {
    const sql = `SELECT count(*) FROM ${from} WHERE ${key} NOT IN (SELECT ${target} FROM ${to})`;
    expect(await oneValue(engine, sql)).toBe(0n);
    expect(await oneValue(engine, `SELECT count(*) - count(DISTINCT ${target}) FROM ${to}`)).toBe(0n);
  });

  it("has orders that cost what their lines do", async () => {
    const sql =
      "SELECT count(*) FROM orders JOIN (SELECT l_orderkey, sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)) AS total " +
      "FROM lineitem GROUP BY ALL) ON l_orderkey = o_orderkey WHERE abs(total - o_totalprice) >= 0.01";
    expect(await oneValue(engine, sql)).toBe(0n);
  });

  it("grows with its scale, and is never without rows", async () => {
    await using small = await createEngine({ scale: 0.000_001 });
    const rows = async (of: Engine, table: string) => (await runSql(of, `FROM ${table}`)).rowCount;
    expect(await rows(small, "orders")).toBe(2n);
    expect(await rows(small, "supplier")).toBe(1n);
    expect(await rows(small, "partsupp")).toBe(1n);
    expect(await rows(engine, "orders")).toBe(15_000n);
  });
});
