import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, readResult, runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { DataFrame, Engine, FrameStep } from "./engine.ts";

describe("createDataFrame()", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001 });
    await runSql(engine, 'CREATE TABLE tpch.few ("a""b" INTEGER, kind VARCHAR)');
    await runSql(engine, "INSERT INTO tpch.few VALUES (3, 'x'), (1, 'y'), (NULL, 'x'), (3, 'x')");
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  async function withFrame<T>(table: string, use: (frame: DataFrame) => Promise<T>): Promise<T> {
    const frame = await engine.createDataFrame({ from: "table", table }, { schema: "tpch" });
    try {
      return await use(frame);
    } finally {
      await frame.close();
    }
  }

  /** The column names and rows of a table after some steps. */
  async function rowsAfter(table: string, ...steps: readonly FrameStep[]): Promise<[string[], unknown[][]]> {
    return await withFrame(table, async (frame) => {
      for (const step of steps) await frame.apply(step);
      await frame.execute([]);
      const { fields, rows } = await readResult(frame);
      return [fields.map(({ name }) => name), rows];
    });
  }

  it("is all rows of its table without a step", async () => {
    expect(await rowsAfter("few")).toEqual([
      ['a"b', "kind"],
      [
        [3, "x"],
        [1, "y"],
        [null, "x"],
        [3, "x"],
      ],
    ]);
  });

  it("projects columns in the order that they are named in", async () => {
    expect(await rowsAfter("few", { kind: "project", columns: ["KIND", 'a"b'] })).toEqual([
      ["kind", 'a"b'],
      [
        ["x", 3],
        ["y", 1],
        ["x", null],
        ["x", 3],
      ],
    ]);
  });

  it("filters by an expression, which may end with a comment and hold a query", async () => {
    const where = '"a""b" = (SELECT max("a""b") FROM few) -- the largest';
    expect((await rowsAfter("few", { kind: "filter", where }))[1]).toEqual([
      [3, "x"],
      [3, "x"],
    ]);
  });

  it("orders, and keeps that order through the steps behind it", async () => {
    const order: FrameStep = {
      kind: "order",
      by: [
        { column: "kind", descending: true },
        { column: 'a"b', descending: false },
      ],
    };
    const rest: FrameStep[] = [
      { kind: "filter", where: '"a""b" > 0' },
      { kind: "project", columns: ['a"b'] },
    ];
    expect((await rowsAfter("few", order, ...rest, { kind: "limit", rows: 2 }))[1]).toEqual([[1], [3]]);
  });

  it("limits to what the steps before it left, none included", async () => {
    expect((await rowsAfter("few", { kind: "limit", rows: 1 }, { kind: "filter", where: "kind = 'y'" }))[1]).toEqual(
      [],
    );
    expect((await rowsAfter("few", { kind: "limit", rows: 0 }))[1]).toEqual([]);
  });

  it("aggregates by each function, by groups and over all rows", async () => {
    const aggregates = (["SUM", "COUNT", "COUNT_DISTINCT", "COUNT_STAR"] as const).map((name) => ({
      column: 'a"b',
      function: name,
    }));
    const all = await rowsAfter("few", { kind: "aggregate", aggregates, groupBy: [] });
    expect(all).toEqual([['sum(a"b)', 'count(a"b)', 'count(DISTINCT a"b)', "count_star()"], [["7:0", 3n, 2n, 4n]]]);
    const byKind = await rowsAfter(
      "few",
      { kind: "aggregate", aggregates, groupBy: ["kind"] },
      { kind: "order", by: [{ column: 'sum(a"b)', descending: true }] },
    );
    expect(byKind[1]).toEqual([
      ["x", "6:0", 2n, 1n, 3n],
      ["y", "1:0", 1n, 1n, 1n],
    ]);
  });

  it("aggregates by DuckDB's functions, not by a user's of their names", async () => {
    await runSql(engine, "CREATE MACRO tpch.sum(x) AS 42");
    const step: FrameStep = { kind: "aggregate", aggregates: [{ column: 'a"b', function: "SUM" }], groupBy: [] };
    expect((await rowsAfter("few", step))[1]).toEqual([["7:0"]]);
    await runSql(engine, "DROP MACRO tpch.sum");
  });

  it.each([
    ["a second statement", "true; DROP TABLE few"],
    ["a second statement behind a parenthesis", "true); DROP TABLE few; SELECT (true"],
    ["a query behind it", "false) UNION ALL SELECT 1, 'smuggled' WHERE (true"],
    ["a query behind it, and a comment", "false) UNION ALL SELECT 1, 'smuggled' --"],
    ["a clause behind it", "true GROUP BY kind"],
    ["a clause behind it", "true ORDER BY kind"],
    ["a limit behind it", "true LIMIT 1"],
    ["two expressions by parentheses that are not its own", "false) OR (true"],
    ["a list", "true, false"],
    ["a query", "SELECT true"],
    ["a statement", "DROP TABLE few"],
    ["an open comment", "true /*"],
    ["an open text", "kind = 'x"],
    ["an open quote of dollars", "kind = $$x"],
    ["nothing", ""],
    ["nothing but a comment", "-- true"],
    ["a NUL", "true\0"],
    ["a placeholder", "kind = ?"],
    ["a function that changes the engine", "EXISTS (SELECT * FROM enable_logging())"],
    ["a file", "EXISTS (SELECT * FROM read_csv('/etc/hostname'))"],
    ["a column that is not there", "nowhere = 1"],
  ])("refuses %s as a filter, and stays as it was: %j", async (_, where) => {
    await withFrame("few", async (frame) => {
      await expect(frame.apply({ kind: "filter", where })).rejects.toThrow(/^\w[\w ]* Error: /);
      await frame.execute([]);
      expect((await readResult(frame)).rowCount).toBe(4n);
    });
    expect(await oneValue(engine, "SELECT count(*) FROM tpch.few")).toBe(4n);
  });

  it("says what a where clause is", async () => {
    await withFrame("few", async (frame) => {
      const clause = /a where clause is one expression/;
      for (const where of ["true; SELECT 1", "true) OR (true", "SELECT true"]) {
        await expect(frame.apply({ kind: "filter", where })).rejects.toThrow(clause);
      }
    });
  });

  it.each<[FrameStep, RegExp]>([
    [{ kind: "project", columns: [] }, /names no column/],
    [{ kind: "project", columns: ["nowhere"] }, /nowhere/],
    [{ kind: "project", columns: ["*"] }, /"\*"/],
    [{ kind: "order", by: [] }, /names no column/],
    [{ kind: "aggregate", aggregates: [], groupBy: [] }, /names no column/],
    [{ kind: "aggregate", aggregates: [{ column: "kind", function: "SUM" }], groupBy: [] }, /sum/],
    [{ kind: "limit", rows: -1 }, /a limit of -1/],
  ])("refuses %j", async (step, message) => {
    await withFrame("few", async (frame) => {
      await expect(frame.apply(step)).rejects.toThrow(message);
    });
  });

  it("refuses a table that is not there, a step too many, and a step once it was executed", async () => {
    await expect(engine.createDataFrame({ from: "table", table: "nowhere" }, {})).rejects.toThrow(/nowhere/);
    await withFrame("few", async (frame) => {
      for (let step = 0; step < 100; step++) await frame.apply({ kind: "limit", rows: 3 });
      await expect(frame.apply({ kind: "limit", rows: 3 })).rejects.toThrow(/at most 100 steps/);
      await expect(frame.metadata()).rejects.toThrow(/not executed yet/);
      expect(frame.status()).toEqual({ done: false, rowCount: 0n });
      await frame.execute([]);
      expect((await readResult(frame)).rowCount).toBe(3n);
      await expect(frame.apply({ kind: "limit", rows: 3 })).rejects.toThrow(/executed already/);
      await expect(frame.execute([])).rejects.toThrow(/executed already/);
    });
  });

  it("explains itself before and after it was executed", async () => {
    await withFrame("few", async (frame) => {
      expect(await frame.explain()).toContain("few");
      await frame.execute([]);
      expect(await frame.explain()).toContain("few");
      expect((await frame.explainAnalyze()).rowCount).toBe(4n);
    });
  });

  it("answers nothing once it was cancelled or closed, and is closed with its engine", async () => {
    await using other = await createEngine({ scale: 0.001, maxOpenStatements: 1 });
    const frame = await other.createDataFrame({ from: "table", table: "region" }, {});
    frame.cancel();
    await expect(frame.execute([])).rejects.toThrow(/cancelled/);
    expect(() => frame.status()).toThrow(/cancelled/);
    await frame.close();
    await frame.close();
    await expect(frame.apply({ kind: "limit", rows: 1 })).rejects.toThrow(/closed/);
    const next = await other.createDataFrame({ from: "table", table: "region" }, {});
    await next.execute([]);
    await other[Symbol.asyncDispose]();
    await expect(next.metadata()).rejects.toThrow(/closed/);
  });
});
