import type duckdb from "@duckdb/node-bindings";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { textRows } from "./text-rows.ts";

describe("DuckDbConnection", () => {
  let database: duckdb.Database;
  let connection: DuckDbConnection;
  beforeAll(async () => {
    database = await openDatabase({ scale: 0.001, threads: 2, memoryLimit: "256MiB" });
  });
  afterAll(() => connection.close());
  const connect = async (): Promise<DuckDbConnection> => {
    connection = await DuckDbConnection.open(database);
    await connection.query("SET search_path = 'sample.tpch'");
    return connection;
  };

  it("lets no interrupted stream seem complete", async () => {
    const open = await connect();
    const stream = await open.stream(await open.prepare("SELECT range::VARCHAR FROM range(1000000)"));
    expect(await open.fetch(stream)).toBeDefined();
    const next = open.fetch(stream);
    open.interrupt();
    await expect(next).rejects.toThrow(/cancelled/);
    open.close();
  });

  it("stops a statement that is interrupted in the same turn in which it starts", async () => {
    const open = await connect();
    const prepared = await open.prepare("SELECT sum(a.range) FROM range(10000000) AS a, range(10000000)");
    const running = open.run(prepared);
    open.interrupt();
    await expect(running).rejects.toThrow(/INTERRUPT/);
    open.close();
  });

  it("releases what it holds even after an interrupt, and stays interrupted", async () => {
    const open = await connect();
    await open.query("CREATE TEMP TABLE held AS SELECT 1 AS a");
    open.interrupt();
    expect(await open.release("DROP TABLE temp.main.held")).toBe(true);
    expect(await open.release("DROP TABLE temp.main.held")).toBe(false);
    await expect(open.query("SELECT 1")).rejects.toThrow(/cancelled/);
  });

  it("reads texts short and long, and NULL as empty", async () => {
    const open = await connect();
    const long = "long enough for a pointer: é";
    const result = await open.query(
      `SELECT 'short' AS a, '${long}' AS b, NULL::VARCHAR AS c UNION ALL SELECT '', '', '' LIMIT 2`,
    );
    expect(await textRows(open, result)).toEqual([
      ["short", long, ""],
      ["", "", ""],
    ]);
  });
});
