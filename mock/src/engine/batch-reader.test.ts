import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";

describe("the batches of a result", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ scale: 0.001, batchRows: 3000, batchBytes: 100_000 });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it("have the rows allowed, across DuckDB's chunks, and every row once and in order", async () => {
    const { rows, batchRows, rowCount } = await runSql(engine, "SELECT range AS n FROM range(10000) ORDER BY n DESC");
    expect(batchRows).toEqual([3000, 3000, 3000, 1000]);
    expect(rowCount).toBe(10_000n);
    expect(rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 10_000 }, (_, i) => 9999 - i));
  });

  it("keep the order of a query that sorts, on several threads", async () => {
    const { rows } = await runSql(
      engine,
      "SELECT hash(range) AS h FROM range(300000) ORDER BY h LIMIT 20000 OFFSET 100",
    );
    const sorted = rows.map(([h]) => BigInt(String(h).split(":")[0] ?? ""));
    expect(sorted).toHaveLength(20_000);
    expect(sorted.every((h, i) => i === 0 || h >= (sorted[i - 1] ?? 0n))).toBe(true);
  });

  it("stay within the bytes allowed", async () => {
    const { rows, batchRows } = await runSql(engine, "SELECT repeat('x', 1000) AS t, range AS n FROM range(250)");
    expect(batchRows).toEqual([98, 98, 54]);
    expect(rows.map(([, n]) => Number(n))).toEqual(Array.from({ length: 250 }, (_, i) => i));
    expect(new Set(rows.map(([t]) => t))).toEqual(new Set(["x".repeat(1000)]));
  });

  it("have one row at least, however large it is", async () => {
    const { rows, batchRows } = await runSql(engine, "SELECT repeat('é', 200000) AS t FROM range(2)");
    expect(batchRows).toEqual([1, 1]);
    expect(rows[1]).toEqual(["é".repeat(200_000)]);
  });

  it("are empty for a result without rows, and after the last for ever", async () => {
    const statement = await engine.prepare("SELECT 1 WHERE false", {});
    await statement.execute([]);
    expect(await statement.nextBatch()).toHaveLength(0);
    expect(await statement.nextBatch()).toHaveLength(0);
    await statement.close();
  });

  it("are answered in the order they were asked for", async () => {
    const statement = await engine.prepare("FROM range(7000)", {});
    await statement.execute([]);
    const sizes = await Promise.all([1, 2, 3, 4].map(async () => (await statement.nextBatch()).length));
    expect(sizes).toEqual([27_059, 27_059, 9059, 0]);
    await statement.close();
  });
});
