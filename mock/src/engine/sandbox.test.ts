import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type duckdb from "@duckdb/node-bindings";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, runSql } from "../../test/engine-result.ts";
import { openDatabase } from "./database.ts";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { createEngine } from "./duckdb-engine.ts";
import { type Engine, SqlError } from "./engine.ts";

const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
const file = join(folder, "secret.csv");
writeFileSync(file, "a,b\n1,2\n");

const noFiles = /LocalFileSystem has been disabled/;

/** What tries to leave. The second is why DuckDB itself refuses, asked without the engine's own judgement. */
const escapes: readonly [sql: string, refusal: RegExp | undefined][] = [
  [`SELECT * FROM read_csv('${file}')`, noFiles],
  [`SELECT * FROM read_text('${file}')`, noFiles],
  [`SELECT * FROM read_blob('${file}')`, noFiles],
  [`SELECT * FROM read_json('${file}')`, noFiles],
  [`SELECT * FROM read_parquet('${file}')`, noFiles],
  ["SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')", noFiles],
  [`SELECT * FROM sniff_csv('${file}')`, noFiles],
  [`SELECT * FROM glob('${folder}/*')`, noFiles],
  [`SELECT * FROM '${file}'`, noFiles],
  [`COPY tpch.region TO '${folder}/out.csv'`, noFiles],
  [`COPY tpch.region FROM '${file}'`, noFiles],
  [`EXPLAIN ANALYZE COPY tpch.region TO '${folder}/out.csv'`, noFiles],
  [`EXPORT DATABASE '${folder}/out'`, noFiles],
  [`IMPORT DATABASE '${folder}'`, noFiles],
  [`ATTACH '${folder}/x.db' AS x`, noFiles],
  ["ATTACH ':memory:' AS x", undefined],
  ["DETACH sample", /default database/],
  ["INSTALL httpfs", noFiles],
  ["LOAD httpfs", /disabled/],
  [`LOAD '${folder}/x.duckdb_extension'`, /disabled/],
  ["FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'", noFiles],
  ["CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", /./],
  ["SET threads = 1", /locked/],
  ["SET GLOBAL enable_external_access = true", /locked/],
  ["SET disabled_filesystems = ''", /locked/],
  ["SET lock_configuration = false", /locked/],
  ["SET allowed_configs = []", /locked/],
  ["RESET memory_limit", /locked/],
  ["PRAGMA threads = 1", /locked/],
  ["PRAGMA enable_profiling", undefined],
  [`SET profiling_output = '${folder}/p.json'`, /locked/],
  ["SET temp_directory = '/tmp'", /locked/],
];

describe("the sandbox", () => {
  let engine: Engine;
  let database: duckdb.Database;
  let connection: DuckDbConnection;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001 });
    database = await openDatabase({ scale: 0.001, threads: 1, memoryLimit: "256MiB" });
    connection = await DuckDbConnection.open(database);
    await connection.query("SET search_path = 'sample.tpch'");
  });
  afterAll(async () => {
    connection.close();
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it.each(escapes)("refuses %s", async (sql) => {
    await expect(runSql(engine, sql)).rejects.toThrow(SqlError);
    expect(readdirSync(folder)).toEqual(["secret.csv"]);
  });

  it.each(escapes.filter(([, refusal]) => refusal !== undefined))(
    "refuses it in DuckDB too: %s",
    async (sql, refusal) => {
      await expect(connection.query(sql)).rejects.toThrow(refusal);
      expect(readdirSync(folder)).toEqual(["secret.csv"]);
    },
  );

  it.each([
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '/nowhere')",
    'SELECT * FROM "Enable_Logging" /* so */ ()',
    "CREATE TABLE t AS FROM enable_profiling(save_location = '/nowhere')",
    "CALL enable_logging()",
    "PRAGMA enable_logging",
    "SELECT * FROM query('SELECT * FROM enable_' || 'logging()')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "SELECT e'a'\n'\\' || ' || * FROM enable_logging() -- '",
    "EXPLAIN ANALYZE SELECT * FROM disable_logging()",
    "CREATE MACRO m() AS TABLE SELECT * FROM enable_logging()",
  ])("refuses a function that changes the engine: %s", async (sql) => {
    await expect(runSql(engine, sql)).rejects.toThrow(/Permission Error|Parser Error/);
  });

  it.each([
    ["BEGIN", /session of its own/],
    ["EXPLAIN ANALYZE BEGIN", /session of its own/],
    ["EXPLAIN ANALYZE SET search_path = 'sample.sales'", /sent with each statement/],
    ["EXPLAIN ANALYZE LOAD httpfs", /nothing outside/],
    ["EXPLAIN ANALYZE CREATE TEMP TABLE t (a INT)", /Leave TEMP out/],
    ["EXPLAIN CHECKPOINT", /not allowed/],
    ["COMMIT", /session of its own/],
    ["PREPARE p AS SELECT 1", /session of its own/],
    ["CREATE TEMP TABLE t (a INT)", /Leave TEMP out/],
    ["CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1", /Leave TEMP out/],
    ["USE sample.sales", /sent with each statement/],
    ["SET VARIABLE x = 1", /sent with each statement/],
    ["SELECT 1; SELECT 2", /one statement at a time/],
    ["PIVOT nation ON n_regionkey USING count(*)", /IN \(…\)/],
    ["", /no statement/],
    ["-- nothing", /no statement/],
    ["SELECT 1\0", /chr\(0\)/],
  ])("refuses %j and says what to do", async (sql, message) => {
    await expect(runSql(engine, sql)).rejects.toThrow(message);
  });

  it("lets names of refused functions be names of other things", async () => {
    expect(await oneValue(engine, "SELECT 7 AS query")).toBe(7);
    expect(await oneValue(engine, "SELECT 'enable_logging()'")).toBe("enable_logging()");
  });

  it("reads environment variables as little as files", async () => {
    await expect(runSql(engine, "SELECT getenv('HOME')")).rejects.toThrow(/does not exist/);
  });
});
