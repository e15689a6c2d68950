import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { BoundValue, Engine } from "./engine.ts";

describe("bound values", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001 });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  const value = (index: number, type: string, text: string): BoundValue => ({ index, type, value: text });

  it.each<[type: string, text: string, wire: unknown, field: string]>([
    ["LONG", "-9223372036854775808", -(2n ** 63n), "LONG"],
    ["INTEGER", "42", 42n, "LONG"],
    ["DOUBLE", "1e-3", 0.001, "DOUBLE"],
    ["DOUBLE", "NaN", Number.NaN, "DOUBLE"],
    ["FLOAT", "-Infinity", -Infinity, "DOUBLE"],
    ["BOOLEAN", "true", true, "BOOLEAN"],
    ["BOOLEAN", "false", false, "BOOLEAN"],
    ["STRING", "it's; -- 'so' ?", "it's; -- 'so' ?", "STRING"],
    ["CHAR", "", "", "STRING"],
    ["DATE", "1969-12-31", -86_400_000_000n, "DATE"],
    ["TIMESTAMP", "1970-01-01 00:00:00.000001", 1n, "TIMESTAMP"],
    ["DATETIME", "1970-01-01T00:00:01", 1_000_000n, "TIMESTAMP"],
    ["TIMESTAMP_TZ", "1970-01-01 01:00:00+01:00", 0n, "TIMESTAMP_TZ"],
    ["DECIMAL128", "-0012.50", "-1250:2", "DECIMAL128"],
    ["DECIMAL128", "99999999999999999999999999999999999999", `${"9".repeat(38)}:0`, "DECIMAL128"],
    ["BINARY", "00FFab", "00ffab", "BINARY"],
    ["INTERVAL_DAY_SECOND", "-1000001", -1_000_001n, "INTERVAL_DAY_SECOND"],
    ["INTERVAL_DAY_SECOND", "9223372036854775807", 2n ** 63n - 1n, "INTERVAL_DAY_SECOND"],
    ["NULL", "", null, "NULL"],
  ])("read %s %j", async (type, text, wire, field) => {
    const { rows, fields } = await runSql(engine, "SELECT ? AS v", [value(0, type, text)]);
    expect(rows).toEqual([[wire]]);
    expect(fields[0]?.name).toBe("v");
    if (type !== "NULL") {
      expect(fields[0]?.type).toBe(field);
    }
  });

  it("find their places by number, in writes too, and in any order", async () => {
    await runSql(engine, "CREATE TABLE bound (a INT, b VARCHAR)");
    const values = [value(1, "STRING", "x"), value(0, "LONG", "7")];
    expect((await runSql(engine, "INSERT INTO bound VALUES ($1, $2) RETURNING b, a", values)).rows).toEqual([["x", 7]]);
    const query = "SELECT r_name FROM region WHERE r_regionkey = ? AND r_name = ?";
    const asia = [value(0, "INTEGER", "2"), value(1, "STRING", "ASIA")];
    expect((await runSql(engine, query, asia)).rows).toEqual([["ASIA"]]);
  });

  it("leave every column its name, also where only they decide what columns there are", async () => {
    const names = async (sql: string) =>
      (await runSql(engine, sql, [value(0, "LONG", "1")])).fields.map(({ name, type }) => `${name} ${type}`);
    expect(await names("SELECT ? AS x, r_name FROM region")).toEqual(["x LONG", "r_name STRING"]);
    expect(await names("SELECT r_name, ? AS x, r_name FROM region")).toEqual([
      "r_name STRING",
      "x LONG",
      "r_name STRING",
    ]);
    expect(await names("SELECT r_name, r_name FROM region WHERE r_regionkey = ?")).toEqual([
      "r_name STRING",
      "r_name STRING",
    ]);
    expect(await names("CREATE TABLE bound_into AS SELECT ? AS a")).toEqual(["Count LONG"]);
    expect((await runSql(engine, "FROM bound_into")).rows).toEqual([[1n]]);
  });

  it("limit what is held where names need it", async () => {
    const sql = "SELECT range, ? AS x, range FROM range(100001)";
    await expect(runSql(engine, sql, [value(0, "LONG", "1")])).rejects.toThrow(/100000 rows: add a LIMIT/);
    expect((await runSql(engine, `${sql} LIMIT 100000`, [value(0, "LONG", "1")])).rowCount).toBe(100_000n);
  });

  it.each<[string, BoundValue[], RegExp]>([
    ["SELECT ?", [], /1 values are needed, 0 were given/],
    ["SELECT 1", [value(0, "LONG", "1")], /0 values are needed, 1 were given/],
    ["SELECT ?, ?", [value(0, "LONG", "1"), value(0, "LONG", "1")], /2 values are needed/],
    ["SELECT ?", [value(1, "LONG", "1")], /values are needed/],
    ["SELECT ?", [value(0, "LONG", "x")], /^Conversion Error/],
    ["SELECT ?", [value(0, "DATE", "yesterday")], /^Conversion Error/],
    ["SELECT ?", [value(0, "DECIMAL128", "1e5")], /digits/],
    ["SELECT ?", [value(0, "DECIMAL128", "1".repeat(39))], /38 digits/],
    ["SELECT ?", [value(0, "BINARY", "abc")], /hex/],
    ["SELECT ?", [value(0, "INTERVAL_DAY_SECOND", "1 day")], /microseconds/],
    ["SELECT ?", [value(0, "INTERVAL_DAY_SECOND", "9223372036854775808")], /64 bits/],
  ])("refuse %s with %j", async (sql, values, message) => {
    const statement = await engine.prepare(sql, {});
    await expect(statement.execute(values)).rejects.toThrow(message);
  });
});
