import { describe, expect, it } from "vitest";
import { oneValue, readResult, runSql } from "../../test/engine-result.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine, Statement } from "./engine.ts";

// 64 MiB, of which 300,000 of these rows take about a fifth.
const options = { scale: 0.001, memoryLimit: "64MiB" };
const large = "SELECT md5(range::VARCHAR) FROM range(300000)";

async function kept(engine: Engine, sql = large): Promise<Statement> {
  const statement = await engine.prepare(sql, {});
  await statement.execute([]);
  await statement.metadata();
  return statement;
}

describe("memoryLoad()", () => {
  it("is the share that DuckDB says results take beside the data, until they are closed", async () => {
    await using engine = await createEngine(options);
    expect(await engine.memoryLoad()).toBe(0);
    const used = async () =>
      Number(await oneValue(engine, "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()"));
    const before = await used();
    const statements = [await kept(engine), await kept(engine)];
    const share = ((await used()) - before) / (64 * 2 ** 20 - before);
    expect(share).toBeGreaterThan(0.3);
    expect(Math.abs((await engine.memoryLoad()) - share)).toBeLessThan(0.03);
    await statements[0]?.close();
    expect(Math.abs((await engine.memoryLoad()) - share / 2)).toBeLessThan(0.03);
    await statements[1]?.close();
    expect(await engine.memoryLoad()).toBe(0);
  });

  it("falls when a result is read to its end", async () => {
    await using engine = await createEngine(options);
    await engine.memoryLoad();
    const statement = await kept(engine);
    await readResult(statement);
    expect(statement.keepsResult()).toBe(false);
    expect(await engine.memoryLoad()).toBe(0);
  });

  it("does not count tables, however large: giving results back would not make them smaller", async () => {
    await using engine = await createEngine(options);
    await runSql(engine, `CREATE TABLE mine AS ${large}`);
    expect(await engine.memoryLoad()).toBe(0);
    const statement = await kept(engine, "SELECT 1");
    expect(await engine.memoryLoad()).toBeLessThan(0.05);
    await statement.close();
  });

  it("is answered when nothing is left, and to several at once", async () => {
    await using engine = await createEngine(options);
    await engine.memoryLoad();
    const statements: Statement[] = [];
    const fill = async () => {
      for (;;) statements.push(await kept(engine));
    };
    await expect(fill()).rejects.toThrow(/Out of Memory/);
    const loads = await Promise.all([1, 2, 3].map(() => engine.memoryLoad()));
    expect(Math.min(...loads)).toBeGreaterThan(0.7);
    await Promise.all(statements.map((statement) => statement.close()));
  });

  it("is refused once the engine is closed", async () => {
    const engine = await createEngine(options);
    const asked = engine.memoryLoad();
    await engine[Symbol.asyncDispose]();
    expect(await asked).toBe(0);
    await expect(engine.memoryLoad()).rejects.toThrow(/engine is closed/);
  });
});
