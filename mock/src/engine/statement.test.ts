import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, readResult, runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import { type Engine, SqlError, type Statement } from "./engine.ts";

const large = "SELECT md5(range::VARCHAR) FROM range(300000)";

async function memoryOf(engine: Engine): Promise<number> {
  return Number(await oneValue(engine, "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()"));
}

async function startedOn(engine: Engine, sql: string): Promise<Statement> {
  const statement = await engine.prepare(sql, {});
  await statement.execute([]);
  return statement;
}

/** Runs for hours, if nobody stops it. */
const endless = "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b";

describe("a statement", () => {
  let engine: Engine;
  let clock = 0;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001, concurrency: 2, batchRows: 1000, now: () => clock });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  const prepared = (sql: string): Promise<Statement> => engine.prepare(sql, {});
  const started = (sql: string): Promise<Statement> => startedOn(engine, sql);

  describe("prepare", () => {
    it("runs nothing", async () => {
      const statement = await prepared("CREATE TABLE never (a INT)");
      await statement.close();
      expect(await engine.tables("tpch")).not.toContain("never");
    });

    it("rejects with DuckDB's own text", async () => {
      await expect(prepared("SELEC 1")).rejects.toThrow(/^Parser Error: syntax error at or near "SELEC"/);
      await expect(prepared("SELECT * FROM nowhere")).rejects.toThrow(/^Catalog Error: Table with name nowhere/);
      await expect(prepared("SELECT nothing FROM region")).rejects.toThrow(/^Binder Error: .*LINE 1: SELECT nothing/s);
      await expect(prepared("SELECT 1 +")).rejects.toBeInstanceOf(SqlError);
    });

    it("looks names up where the namespace says", async () => {
      const rows = async (namespace: object) => (await runSql(engine, "FROM dim_store", [], namespace)).rowCount;
      expect(await rows({ schema: "sales" })).toBe(10n);
      expect(await rows({ schema: "SALES", catalog: "Sample" })).toBe(10n);
      await expect(rows({})).rejects.toThrow(/dim_store does not exist/);
      await expect(rows({ schema: "nowhere" })).rejects.toThrow(/nowhere/);
      await expect(rows({ catalog: "nowhere" })).rejects.toThrow(/nowhere/);
      await expect(rows({ schema: "a\"; DROP SCHEMA tpch CASCADE; --'" })).rejects.toThrow(SqlError);
      expect(await oneValue(engine, "SELECT count(*) FROM sales.dim_store")).toBe(10n);
    });
  });

  describe("execute", () => {
    it("happens once", async () => {
      const statement = await started("SELECT 1");
      await expect(statement.execute([])).rejects.toThrow(/prepare it again/);
      await statement.close();
    });

    it("has to come before what asks for the result", async () => {
      const statement = await prepared("SELECT 1");
      await expect(statement.metadata()).rejects.toThrow(/not executed yet/);
      await expect(statement.nextBatch()).rejects.toThrow(SqlError);
      await expect(statement.explainAnalyze()).rejects.toThrow(SqlError);
      expect(statement.status()).toEqual({ done: false, rowCount: 0n });
      await statement.close();
    });

    it("runs a write once, however often its answers are asked for", async () => {
      await runSql(engine, "CREATE TABLE once (a INT)");
      const statement = await started("INSERT INTO once VALUES (1), (2)");
      await statement.explain();
      await statement.explainAnalyze();
      expect(await readResult(statement)).toMatchObject({ rows: [[2n]], fields: [{ name: "Count", type: "LONG" }] });
      await statement.close();
      expect(await oneValue(engine, "SELECT count(*) FROM once")).toBe(2n);
    });

    it("runs a query once, even one with an effect", async () => {
      await runSql(engine, "CREATE SEQUENCE counter");
      const statement = await started("SELECT nextval('counter') AS n, NULL AS nothing, ?::INT AS v".replace("?", "1"));
      await statement.explain();
      await statement.explainAnalyze();
      expect((await readResult(statement)).rows).toEqual([[1n, null, 1]]);
      await statement.close();
      expect(await oneValue(engine, "SELECT nextval('counter')")).toBe(2n);
      expect(
        (await runSql(engine, "SELECT nextval('counter'), $1", [{ index: 0, type: "LONG", value: "1" }])).rows,
      ).toEqual([[3n, 1n]]);
    });
  });

  describe("its kinds", () => {
    it.each<[sql: string, names: string[], rows: unknown[][]]>([
      [
        "VALUES (1, 'a'), (2, 'b')",
        ["col0", "col1"],
        [
          [1, "a"],
          [2, "b"],
        ],
      ],
      ["WITH x AS (SELECT 1 AS a) SELECT * FROM x; -- the end", ["a"], [[1]]],
      ["(SELECT 1 AS a) -- the end", ["a"], [[1]]],
      ["FROM (SELECT 1 AS a)", ["a"], [[1]]],
      ["TABLE region LIMIT 0", ["r_regionkey", "r_name", "r_comment"], []],
      ["SELECT r_name FROM region ORDER BY r_name DESC LIMIT 2", ["r_name"], [["MIDDLE EAST"], ["EUROPE"]]],
      ['SELECT 1 AS a, 2 AS a, 3 AS "A"', ["a", "a", "A"], [[1, 2, 3]]],
      ["CREATE TABLE kinds (a INT, b STRUCT(c INT[]), e ENUM('x', 'y'))", ["Count"], []],
      [
        "INSERT INTO kinds VALUES (1, {'c': [1]}, 'x'), (2, NULL, 'y') RETURNING *",
        ["a", "b", "e"],
        [
          [1, '{"c":[1]}', "x"],
          [2, null, "y"],
        ],
      ],
      ["UPDATE kinds SET a = a + 1", ["Count"], [[2n]]],
      ["MERGE INTO kinds USING (SELECT 3 AS k) ON a = k WHEN MATCHED THEN DELETE", ["Count"], [[1n]]],
      ["DELETE FROM kinds WHERE a > 1 RETURNING a AS gone, a AS gone", ["gone", "gone"], [[2, 2]]],
      ["ALTER TABLE kinds ADD COLUMN d INT", ["Success"], []],
      ["COMMENT ON TABLE kinds IS 'all sorts'", ["Success"], []],
      ["CREATE VIEW kinds_view AS SELECT 1 AS one", ["Count"], []],
      ["CREATE MACRO twice(x) AS 2 * x", ["Count"], []],
      ["SELECT twice(one) FROM kinds_view", ["twice(one)"], [[2]]],
      ["DROP TABLE kinds", ["Success"], []],
      ["ANALYZE", ["Success"], []],
      ["VACUUM", ["Success"], []],
    ])("%s", async (sql, names, rows) => {
      const result = await runSql(engine, sql);
      expect(result.rows).toEqual(rows);
      expect(result.rowCount).toBe(BigInt(rows.length));
      expect(result.fields.map(({ name }) => name)).toEqual(names);
    });

    it("SHOW, DESCRIBE and SUMMARIZE", async () => {
      expect((await runSql(engine, "SHOW TABLES")).rows.flat()).toContain("lineitem");
      expect((await runSql(engine, "DESCRIBE region")).rows[0]?.slice(0, 2)).toEqual(["r_regionkey", "INTEGER"]);
      expect((await runSql(engine, "SUMMARIZE region")).rowCount).toBe(3n);
    });

    it("EXPLAIN does not run what it explains, EXPLAIN ANALYZE runs it once", async () => {
      await runSql(engine, "CREATE TABLE explained (a INT)");
      const plan = await runSql(engine, "EXPLAIN INSERT INTO explained VALUES (1)");
      expect(plan.rows[0]?.[1]).toMatch(/INSERT/);
      const statement = await started("EXPLAIN ANALYZE INSERT INTO explained SELECT range FROM range(1)");
      expect((await readResult(statement)).rows).toEqual([["analyzed_plan", expect.stringMatching(/INSERT/)]]);
      expect(await statement.explain()).toMatch(/INSERT/);
      await statement.close();
      expect(await oneValue(engine, "SELECT count(*) FROM explained")).toBe(1n);
    });
  });

  describe("a failure while it runs", () => {
    it("reaches whoever asks for the result", async () => {
      const statement = await started("SELECT error('so it is') FROM range(10)");
      await expect(statement.metadata()).rejects.toThrow(/^Invalid Input Error: so it is$/);
      await expect(statement.nextBatch()).rejects.toThrow(/so it is/);
      await expect(statement.explainAnalyze()).rejects.toThrow(SqlError);
      expect(statement.status()).toEqual({ done: true, rowCount: 0n });
      expect(await statement.explain()).toMatch(/RANGE/);
      await statement.close();
    });

    it("shows nothing of the engine's own SQL", async () => {
      const failing = runSql(engine, "SELECT CAST('x' || range AS INT) AS a FROM range(3)");
      await expect(failing).rejects.toThrow(/^Conversion Error: [^\n]*$/);
      await expect(failing).rejects.not.toThrow(/e6_|CREATE TEMP|\bc0\b/);
    });

    it("undoes the whole write, at once", async () => {
      await runSql(engine, "CREATE TABLE undone (a INT CHECK (a < 3))");
      const statement = await started("INSERT INTO undone SELECT range FROM range(5)");
      await expect(statement.metadata()).rejects.toThrow(/^Constraint Error/);
      expect(await oneValue(engine, "SELECT count(*) FROM undone")).toBe(0n);
      await runSql(engine, "INSERT INTO undone VALUES (1)");
      const returning = await started("UPDATE undone SET a = 2 RETURNING 'infinity'::DATE");
      await expect(returning.metadata()).rejects.toThrow(/infinite date/);
      // Neither is closed yet: the row must be free for others all the same.
      await runSql(engine, "UPDATE undone SET a = a - 1");
      expect(await oneValue(engine, "SELECT a FROM undone")).toBe(0);
      await statement.close();
      await returning.close();
    });

    it("refuses to return what it cannot keep before it writes", async () => {
      await runSql(engine, "CREATE TABLE kept (a INT)");
      await expect(runSql(engine, "INSERT INTO kept VALUES (1) RETURNING row(a, a)")).rejects.toThrow(
        /cast it to VARCHAR/,
      );
      expect(await oneValue(engine, "SELECT count(*) FROM kept")).toBe(0n);
    });
  });

  describe("cancel", () => {
    it("interrupts what runs: whoever waits hears of it, and so does every later call", async () => {
      const statement = await started(endless);
      const waiting = statement.metadata();
      expect(statement.status().done).toBe(false);
      statement.cancel();
      await expect(waiting).rejects.toThrow(SqlError);
      await expect(statement.metadata()).rejects.toThrow(/cancelled/);
      await expect(statement.nextBatch()).rejects.toThrow(/cancelled/);
      await expect(statement.explain()).rejects.toThrow(/cancelled/);
      expect(() => statement.status()).toThrow(/cancelled/);
      await statement.close();
    });

    it("undoes a write", async () => {
      await runSql(engine, "CREATE TABLE cancelled (a BIGINT)");
      const statement = await started(`INSERT INTO cancelled ${endless}`);
      const waiting = statement.metadata();
      statement.cancel();
      await expect(waiting).rejects.toThrow(SqlError);
      await statement.close();
      expect(await oneValue(engine, "SELECT count(*) FROM cancelled")).toBe(0n);
    });

    it("never lets a result end early as if it were whole", async () => {
      const statement = await started("FROM range(100000)");
      expect((await statement.nextBatch()).length).toBeGreaterThan(0);
      const next = statement.nextBatch();
      statement.cancel();
      await expect(next).rejects.toThrow(/cancelled/);
      await statement.close();
    });

    it("takes a statement that waits out of the line, before execute too", async () => {
      const running = [await started(endless), await started(endless)];
      const waiting = await started("SELECT 1");
      const answer = waiting.metadata();
      waiting.cancel();
      await expect(answer).rejects.toThrow(/cancelled/);
      await waiting.close();
      const early = await prepared("SELECT 1");
      early.cancel();
      await expect(early.execute([])).rejects.toThrow(/cancelled/);
      await early.close();
      await Promise.all(running.map((statement) => statement.close()));
    });
  });

  describe("close", () => {
    it("stops what runs and is once", async () => {
      const statement = await started(endless);
      const waiting = statement.metadata();
      waiting.catch(() => undefined);
      await Promise.all([statement.close(), statement.close()]);
      await expect(waiting).rejects.toThrow(SqlError);
      await expect(statement.metadata()).rejects.toThrow(/closed/);
      await expect(statement.execute([])).rejects.toThrow(/closed/);
      statement.cancel();
      await statement.close();
    });

    it.each<[how: string, read: (statement: Statement) => Promise<unknown>]>([
      ["unread", async () => undefined],
      ["half read", (statement) => statement.nextBatch()],
    ])("gives the memory of a result back that is %s", async (_how, read) => {
      await using own = await createEngine({ scale: 0.001 });
      const before = await memoryOf(own);
      const statement = await startedOn(own, large);
      await statement.metadata();
      await read(statement);
      expect((await memoryOf(own)) - before).toBeGreaterThan(5_000_000);
      await statement.close();
      expect((await memoryOf(own)) - before).toBeLessThan(2_000_000);
    });

    it("is not needed for that once the result is read to its end", async () => {
      await using own = await createEngine({ scale: 0.001 });
      const before = await memoryOf(own);
      const statement = await startedOn(own, large);
      await readResult(statement);
      expect((await memoryOf(own)) - before).toBeLessThan(2_000_000);
    });
  });

  describe("keepsResult", () => {
    it("is so from execute until the result is read to its end", async () => {
      const statement = await prepared("FROM range(1500)");
      expect(statement.keepsResult()).toBe(false);
      const accepted = statement.execute([]);
      expect(statement.keepsResult()).toBe(true);
      await accepted;
      await statement.metadata();
      expect((await statement.nextBatch()).length).toBeGreaterThan(0);
      expect(statement.keepsResult()).toBe(true);
      expect((await statement.nextBatch()).length).toBeGreaterThan(0);
      expect(statement.keepsResult()).toBe(false);
      await statement.close();
    });

    it("ends when the run fails, also where its result was there already", async () => {
      await using own = await createEngine({ scale: 0.001, maxResultRows: 10 });
      const before = await memoryOf(own);
      const statement = await startedOn(own, large);
      await expect(statement.metadata()).rejects.toThrow(/10 are allowed/);
      expect(statement.keepsResult()).toBe(false);
      expect((await memoryOf(own)) - before).toBeLessThan(2_000_000);
      await statement.close();
    });
  });

  describe("the line before the slots", () => {
    it("is left in its order, and the time spent in it is told", async () => {
      const running = [await started(endless), await started(endless)];
      clock = 1000;
      const waiting = await started("SELECT 1");
      expect(waiting.status().done).toBe(false);
      clock = 1250;
      await running[0]?.close();
      const profile = await waiting.explainAnalyze();
      expect(profile).toMatchObject({ queueingMs: 250, totalMs: 250, parsingMs: 0, rowCount: 1n });
      await waiting.close();
      await running[1]?.close();
      expect((await (await started("SELECT 1")).explainAnalyze()).queueingMs).toBe(0);
    });
  });

  describe("its plan and its profile", () => {
    it("are DuckDB's own, without what the engine adds", async () => {
      const statement = await started("SELECT n_name FROM nation ORDER BY n_name");
      expect(await statement.explain()).toMatch(/ORDER_BY[\s\S]*SEQ_SCAN/);
      const { profile, rowCount } = await statement.explainAnalyze();
      expect(rowCount).toBe(25n);
      const text = JSON.stringify(profile);
      expect(text).toMatch(/"operator_type":"ORDER_BY"[\s\S]*"operator_cardinality":25/);
      expect(text).not.toMatch(/e6_|EXPLAIN|CREATE_TABLE|query_name/);
      await statement.close();
    });

    it("has time and plan where DuckDB has no profile", async () => {
      const statement = await started("CREATE TABLE planned AS SELECT 1 AS a");
      expect((await statement.explainAnalyze()).profile).toEqual({
        latency: 0,
        plan: expect.stringMatching(/CREATE_TABLE_AS/),
      });
      await statement.close();
    });

    it("is given for a statement that has not run, and runs nothing", async () => {
      expect(await engine.dryRun("DELETE FROM region", {})).toMatch(/DELETE/);
      expect(await engine.dryRun("EXPLAIN ANALYZE DELETE FROM region", {})).toMatch(/DELETE/);
      expect(await engine.dryRun("VACUUM", {})).not.toBe("");
      expect(await oneValue(engine, "SELECT count(*) FROM region")).toBe(5n);
      await expect(engine.dryRun("SELECT nothing", {})).rejects.toThrow(/^Binder Error/);
      await expect(engine.dryRun("SET threads = 1", {})).rejects.toThrow(/Permission Error/);
    });
  });
});
