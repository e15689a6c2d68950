import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../src/index.ts";
import { createPythonDriver } from "./python-driver.ts";

let mock: Mock;
let runPython: Awaited<ReturnType<typeof createPythonDriver>>;

beforeAll(async () => {
  runPython = await createPythonDriver();
  mock = await startMock();
});

afterAll(() => mock.close());

/** Runs a scenario of the driver against the blue stack. */
const run = (scenario: string, options: object = {}) => runPython(scenario, { port: mock.blue.port, ...options });

const rpcsSince = (number: number) => mock.control.calls(number).map(({ rpc }) => rpc);
const lastNumber = () => mock.control.calls().at(-1)?.number ?? 0;

describe("the public Python connector on a stack", () => {
  it("lists catalogs, schemas, tables and columns", async () => {
    expect(await run("metadata")).toEqual({
      catalogs: [{ name: "sample", isDefault: true }],
      schemas: ["sales", "tpch"],
      tables: ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"],
      columns: [
        { fieldName: "r_regionkey", fieldType: "INTEGER" },
        { fieldName: "r_name", fieldType: "STRING" },
        { fieldName: "r_comment", fieldType: "STRING" },
      ],
    });
  });

  it("works on green as well, once it is the active stack", async () => {
    await using other = await startMock({ active: "green", scale: 0.001 });
    const answer = await runPython("rows", { port: other.green.port, sql: "select 1 as one" });
    expect(answer).toMatchObject({ rows: [[1]] });
    expect(other.control.calls().map(({ stack }) => stack)).not.toContain("blue");
  });

  // The connector rounds decimals to 28 digits and cuts times to milliseconds: these values lose nothing by that.
  it.each([
    ["BOOLEAN", "BOOLEAN", "true", true],
    ["INTEGER", "INTEGER", "'-2147483648'", -2_147_483_648],
    ["LONG", "BIGINT", "9223372036854775807", { int: "9223372036854775807" }],
    ["DOUBLE", "DOUBLE", "'-1.5e-300'", -1.5e-300],
    ["DOUBLE", "DOUBLE", "'-inf'", { float: "-inf" }],
    ["FLOAT", "FLOAT", "'1.5'", 1.5],
    [
      "DECIMAL128",
      "DECIMAL(28, 10)",
      "'-123456789012345678.0123456789'",
      { decimal: "-123456789012345678.0123456789" },
    ],
    ["DECIMAL128", "HUGEINT", "'12345678901234567890'", { decimal: "12345678901234567890" }],
    ["STRING", "VARCHAR", "'naïve 日本語 🧪'", "naïve 日本語 🧪"],
    ["STRING", "VARCHAR", "''", ""],
    ["DATE", "DATE", "'2024-02-29'", "2024-02-29"],
    ["TIMESTAMP_TZ", "TIMESTAMPTZ", "'2024-03-31 01:02:03.456+05:30'", "2024-03-30T19:32:03.456+00:00"],
    ["INTERVAL_DAY_SECOND", "INTERVAL", "'1 day 2 hours 3 seconds'", { micros: 93_603_000_000 }],
    ["ARRAY", "INTEGER[]", "[1, NULL, 3]", "[1,null,3]"],
    ["MAP", "MAP(VARCHAR, INTEGER)", "map {'a': 1}", '{"a":1}'],
    ["STRUCT", "STRUCT(name VARCHAR)", "{'name': 'Ada'}", '{"name":"Ada"}'],
  ])("reads %s from %s %s, and its NULL", async (fieldType, sqlType, literal, expected) => {
    const sql = `select v::${sqlType} as v from (values (1, ${literal}::${sqlType}), (2, null)) t(k, v) order by k`;
    for (const v2 of [false, true]) {
      expect(await run("rows", { sql, v2 })).toMatchObject({
        description: [["v", fieldType]],
        rows: [[expected], [null]],
      });
    }
  });

  it("reads BINARY, bytes that are no UTF-8 included, as its own Thrift library gives them", async () => {
    const answer = await run("rows", { sql: "select '\\x00text'::BLOB as b" });
    expect(answer).toMatchObject({ description: [["b", "BINARY"]], rows: [["\u0000text"]] });
  });

  it("reads a column that the table declares to be DATETIME", async () => {
    const sql = "select a_datetime from every_type where a_datetime < timestamp '2000-01-01'";
    expect(await run("rows", { database: "sales", sql })).toMatchObject({
      description: [["a_datetime", "DATETIME"]],
      rows: [["1999-12-31T23:59:59.000+00:00"]],
    });
  });

  it("reads a column of nothing but NULL, and no rows at all", async () => {
    expect(await run("rows", { sql: "select null as n from range(2)" })).toMatchObject({ rows: [[null], [null]] });
    expect(await run("rows", { sql: "select 1 as n where false" })).toMatchObject({ rows: [], rowcount: 0 });
  });

  const nations = "select n_name from nation order by n_nationkey limit 3";
  const threeNations = [["ALGERIA"], ["ARGENTINA"], ["BRAZIL"]];

  it.each([
    ["fetchone", { fetch: "one" }, threeNations],
    ["fetchmany", { fetch: "many", size: 2 }, [threeNations.slice(0, 2), threeNations.slice(2)]],
    ["fetchall", { fetch: "all" }, threeNations],
    ["fetchall_buffer", { fetch: "buffer" }, threeNations],
  ])("fetches by %s, in both versions of batches", async (_, fetch, rows) => {
    for (const v2 of [false, true]) {
      expect(await run("rows", { sql: nations, v2, ...fetch })).toMatchObject({ rows, rowcount: 3 });
    }
  });

  it("reads a result of many batches, several in an answer where it asks for that", async () => {
    const sql = "select l_orderkey, l_comment from lineitem";
    const before = lastNumber();
    const single = await run("rows", { sql, rows: false });
    const v1Fetches = rpcsSince(before).filter((rpc) => rpc === "getNextResultBatch").length;
    const middle = lastNumber();
    const several = await run("rows", { sql, rows: false, v2: true });
    const v2Fetches = rpcsSince(middle).filter((rpc) => rpc === "getNextResultBatchV2").length;
    expect(single).toMatchObject({ rowcount: 60_262, rows: 60_262 });
    expect(several).toMatchObject({ rowcount: 60_262, rows: 60_262 });
    expect(v1Fetches).toBeGreaterThan(2);
    expect(v2Fetches).toBeLessThan(v1Fetches);
  });

  it("goes on by single batches where the engine has no others", async () => {
    await using old = await startMock({ batchesV2: false, scale: 0.001 });
    const answer = await runPython("rows", { port: old.blue.port, sql: nations, v2: true });
    expect(answer).toMatchObject({ rows: threeNations });
    expect(old.control.calls().map(({ rpc }) => rpc)).toContain("getNextResultBatch");
  });

  it("asks again where an answer has no batch yet", async () => {
    await using slow = await startMock({ askAgain: 2, scale: 0.001 });
    const answer = await runPython("rows", { port: slow.blue.port, sql: nations, v2: true });
    expect(answer).toMatchObject({ rows: threeNations });
  });

  it("puts parameters into the text", async () => {
    const sql = "select r_name, %(text)s as t, %(number)s as n from region where r_regionkey = %(key)s";
    const parameters = { text: "x", number: 7, key: 2 };
    expect(await run("rows", { sql, parameters })).toMatchObject({ rows: [["ASIA", "x", 7]] });
  });

  it("works without a catalog, by the first version of the calls", async () => {
    const before = lastNumber();
    expect(await run("rows", { sql: nations, catalog: "" })).toMatchObject({ rows: threeNations });
    expect(rpcsSince(before)).toContain("prepareStatement");
    expect(rpcsSince(before)).not.toContain("prepareStatementV2");
  });

  it("tells status, explain, explain-analyse and dry run, and clears", async () => {
    const answer = await run("insight", { sql: "select count(*) as n from lineitem" });
    expect(answer).toMatchObject({
      status: { status: true, rowCount: 1 },
      explain: expect.stringContaining("lineitem"),
      analyse: { is_cached: false, parsing_time: expect.any(Number), queuing_time: expect.any(Number) },
      dry_run: expect.stringContaining("lineitem"),
      dry_run_failure: { code: "INVALID_ARGUMENT", details: expect.stringContaining("Parser Error") },
      after_clear: { code: "NOT_FOUND", details: expect.stringContaining("was cleared") },
    });
    const planner: unknown = Reflect.get(Object(Reflect.get(Object(answer), "analyse")), "planner");
    expect(JSON.parse(String(planner))).toMatchObject({
      total_query_time: expect.any(Number),
      executionQueueingTime: expect.any(Number),
      parsingTime: expect.any(Number),
      rowcount: 1,
      profile: expect.any(Object),
    });
  });

  it("gets its errors: SQL, password, token", async () => {
    expect(await run("errors")).toEqual({
      sql: { code: "INVALID_ARGUMENT", details: expect.stringContaining("Table with name nowhere does not exist") },
      password: { error: "ValueError", message: "Invalid credentials." },
      token: { code: "UNAUTHENTICATED", details: "The access token has expired" },
    });
  });

  it("cancels a statement that would run for hours", async () => {
    const sql = "select count(*) from range(10000000000) a, range(1000000) b where a.range % 7 = b.range % 11";
    expect(await run("cancel", { sql })).toEqual({
      was_running: true,
      failed: { code: "CANCELLED", details: expect.stringContaining("was cancelled") },
    });
  });

  it("signs in by a bearer token, without a session", async () => {
    const before = lastNumber();
    const answer = await run("rows", { token: "abc", sql: nations });
    expect(answer).toMatchObject({ rows: threeNations });
    const calls = mock.control.calls(before);
    expect(calls.map(({ rpc }) => rpc)).not.toContain("authenticate");
    expect(calls.every(({ authorization, session }) => authorization === "present" && session === undefined)).toBe(
      true,
    );
  });

  it("leaves no query behind", async () => {
    const before = mock.control.state().stacks.blue.queries;
    await run("rows", { sql: nations });
    expect(mock.control.state().stacks.blue.queries).toBe(before);
  });

  it("wakes a suspended cluster", async () => {
    await using asleep = await startMock({ resumeMs: 10, scale: 0.001 });
    asleep.control.suspend();
    expect(await runPython("resume", { port: asleep.blue.port })).toEqual({ rows: [[1]], again: true });
    expect(asleep.control.calls().map(({ rpc }) => rpc)).toContain("ClusterService/resume");
  });
});
