import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";

describe("the types of a result", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001 });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  const day = 86_400_000_000n;

  it.each<[sql: string, type: string, value: unknown]>([
    ["true", "BOOLEAN", true],
    ["(-128)::TINYINT", "INTEGER", -128],
    ["(-32768)::SMALLINT", "INTEGER", -32_768],
    ["(-2147483648)::INTEGER", "INTEGER", -2_147_483_648],
    ["255::UTINYINT", "INTEGER", 255],
    ["65535::USMALLINT", "INTEGER", 65_535],
    ["4294967295::UINTEGER", "LONG", 4_294_967_295n],
    ["'-9223372036854775808'::BIGINT", "LONG", -(2n ** 63n)],
    ["'18446744073709551615'::UBIGINT", "DECIMAL128", "18446744073709551615:0"],
    ["'-99999999999999999999999999999999999999'::HUGEINT", "DECIMAL128", `-${"9".repeat(38)}:0`],
    ["'99999999999999999999999999999999999999'::UHUGEINT", "DECIMAL128", `${"9".repeat(38)}:0`],
    ["(-1.5)::DECIMAL(4, 1)", "DECIMAL128", "-15:1"],
    ["12345.678::DECIMAL(9, 3)", "DECIMAL128", "12345678:3"],
    ["(-0.000001)::DECIMAL(18, 6)", "DECIMAL128", "-1:6"],
    ["'-9999999999999999999999999999.9999999999'::DECIMAL(38, 10)", "DECIMAL128", `-${"9".repeat(38)}:10`],
    ["1.5::FLOAT", "FLOAT", 1.5],
    ["0.1::FLOAT", "FLOAT", Math.fround(0.1)],
    ["'nan'::DOUBLE", "DOUBLE", Number.NaN],
    ["'-inf'::DOUBLE", "DOUBLE", -Infinity],
    ["'-0'::DOUBLE", "DOUBLE", -0],
    ["''", "STRING", ""],
    ["'twelve bytes'", "STRING", "twelve bytes"],
    ["'thirteen byte'", "STRING", "thirteen byte"],
    ["'日本語 🧪 naïve'", "STRING", "日本語 🧪 naïve"],
    ["'00112233-4455-6677-8899-aabbccddeeff'::UUID", "STRING", "00112233-4455-6677-8899-aabbccddeeff"],
    ["TIME '01:02:03.5'", "STRING", "01:02:03.5"],
    ["TIMETZ '01:02:03+02'", "STRING", "01:02:03+02"],
    ["'b'::ENUM('a', 'b')", "STRING", "b"],
    ["'101'::BIT", "STRING", "101"],
    ["'{\"a\": 1}'::JSON", "STRING", '{"a": 1}'],
    ["union_value(num := 2)", "STRING", "2"],
    ["'\\xFF\\x00a'::BLOB", "BINARY", "ff0061"],
    ["unhex(repeat('ff00', 20))", "BINARY", "ff00".repeat(20)],
    ["DATE '1970-01-02'", "DATE", day],
    ["DATE '0001-01-01'", "DATE", -62_135_596_800_000_000n],
    ["DATE '290000-01-01'", "DATE", 9_089_348_860_800_000_000n],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", "TIMESTAMP", -1n],
    ["TIMESTAMP_S '1970-01-01 00:00:01'", "TIMESTAMP", 1_000_000n],
    ["TIMESTAMP_MS '1970-01-01 00:00:00.002'", "TIMESTAMP", 2_000n],
    ["TIMESTAMP_NS '1970-01-01 00:00:00.000003999'", "TIMESTAMP", 3n],
    ["TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", "TIMESTAMP", -1n],
    ["TIMESTAMPTZ '1970-01-01 05:30:00+05:30'", "TIMESTAMP_TZ", 0n],
    ["INTERVAL '1 day 00:00:01'", "INTERVAL_DAY_SECOND", day + 1_000_000n],
    ["INTERVAL '-3 days'", "INTERVAL_DAY_SECOND", -3n * day],
    ["[1, NULL, 3]", "ARRAY", "[1,null,3]"],
    ["[1.50::DECIMAL(38, 2), 12345678901234567890.25]", "ARRAY", "[1.50,12345678901234567890.25]"],
    ["array_value(1, 2)", "ARRAY", "[1,2]"],
    ["map {'a': 1, 'b': NULL}", "MAP", '{"a":1,"b":null}'],
    ["{'a': DATE '2024-01-02', 'b': ['x']}", "STRUCT", '{"a":"2024-01-02","b":["x"]}'],
    ["row(1, 'x')", "STRUCT", '{"":1,"":"x"}'],
  ])("%s is a %s", async (sql, type, value) => {
    const { fields, rows } = await runSql(engine, `SELECT ${sql} AS v UNION ALL SELECT NULL`);
    expect(fields.map((field) => field.type)).toEqual([type]);
    expect(rows).toEqual([[value], [null]]);
  });

  it("tells a bare NULL from an integer without a value", async () => {
    const { fields, rows } = await runSql(engine, "SELECT NULL AS a, NULL::INTEGER AS b, 1 AS c FROM range(2)");
    expect(fields.map(({ type }) => type)).toEqual(["NULL", "INTEGER", "INTEGER"]);
    expect(rows).toEqual([
      [null, null, 1],
      [null, null, 1],
    ]);
  });

  it.each([
    ["'infinity'::DATE", /infinite date/],
    ["'-infinity'::TIMESTAMP", /infinite timestamp/],
    ["'infinity'::TIMESTAMP_S", /infinite timestamp/],
    ["'infinity'::TIMESTAMP_MS", /infinite timestamp/],
    ["'infinity'::TIMESTAMP_NS", /infinite timestamp/],
    ["'infinity'::TIMESTAMPTZ", /infinite timestamp/],
    ["INTERVAL '1 month'", /interval with months/],
    ["INTERVAL '1 year -12 months 1 month'", /interval with months/],
    ["'170141183460469231731687303715884105727'::HUGEINT", /DECIMAL\(38,0\)$/],
    ["'100000000000000000000000000000000000000'::UHUGEINT", /DECIMAL\(38,0\)$/],
    ["DATE '5000000-01-01'", /Conversion Error/],
  ])("refuses %s, which has no form", async (sql, message) => {
    await expect(runSql(engine, `SELECT ${sql}`)).rejects.toThrow(message);
    await expect(runSql(engine, `SELECT x FROM (SELECT ${sql} AS x FROM range(3))`)).rejects.toThrow(message);
    expect((await runSql(engine, `SELECT (${sql})::VARCHAR`)).rowCount).toBe(1n);
  });

  it("sends the zone of times beside them", async () => {
    const { fields } = await runSql(engine, "SELECT now(), now()::TIMESTAMP, 1");
    expect(fields.map(({ zone }) => zone)).toEqual(["UTC", "UTC", ""]);
  });

  it("answers DATETIME where the column's comment says so", async () => {
    const types = async (sql: string) =>
      (await runSql(engine, sql, [], { schema: "sales" })).fields.map(({ type }) => type);
    expect(await types("SELECT sold_at, recorded_at FROM fact_sales")).toEqual(["TIMESTAMP", "DATETIME"]);
    expect(await types("SELECT recorded_at FROM (SELECT now()::TIMESTAMP AS recorded_at)")).toEqual(["TIMESTAMP"]);
    await runSql(engine, "CREATE TABLE d (t TIMESTAMP)", [], { schema: "sales" });
    await runSql(engine, "COMMENT ON COLUMN d.t IS 'datetime'", [], { schema: "sales" });
    expect(await types("SELECT t, t AS u FROM d")).toEqual(["DATETIME", "TIMESTAMP"]);
    const columns = await engine.columns("d", "sales");
    expect(columns).toEqual([{ name: "t", type: "DATETIME" }]);
  });

  it("reaches every type of vector from the sample alone", async () => {
    const { fields } = await runSql(engine, "SELECT *, NULL AS nothing FROM sales.every_type");
    expect([...new Set(fields.map(({ type }) => type))].sort()).toEqual([
      "ARRAY",
      "BINARY",
      "BOOLEAN",
      "DATE",
      "DATETIME",
      "DECIMAL128",
      "DOUBLE",
      "FLOAT",
      "INTEGER",
      "INTERVAL_DAY_SECOND",
      "LONG",
      "MAP",
      "NULL",
      "STRING",
      "STRUCT",
      "TIMESTAMP",
      "TIMESTAMP_TZ",
    ]);
  });

  it("is not misled by a macro that bears the name of a function it uses", async () => {
    await runSql(engine, "CREATE MACRO epoch_us(x) AS 7");
    await runSql(engine, "CREATE MACRO to_json(x) AS 'seven'");
    expect((await runSql(engine, "SELECT DATE '1970-01-02', [1]")).rows).toEqual([[day, "[1]"]]);
  });
});
