import { describe, expect, it } from "vitest";
import { oneValue, runSql } from "../../test/engine-result.ts";
import { InputError } from "../input-error.ts";
import { createEngine } from "./duckdb-engine.ts";

describe("createEngine()", () => {
  it.each([
    [{ scale: 0 }, /scale is 0: it must be more than 0 and at most 10/],
    [{ scale: Number.NaN }, /scale/],
    [{ scale: 11 }, /scale is 11/],
    [{ threads: 0 }, /threads is 0: it must be at least 1/],
    [{ threads: 1.5 }, /whole number/],
    [{ batchRows: 0 }, /batchRows/],
    [{ memoryLimit: "lots" }, /like 512MiB/],
  ])("refuses %j", async (options, message) => {
    await expect(createEngine(options)).rejects.toThrow(message);
  });

  it("has a memory limit that grows with its data", async () => {
    await using engine = await createEngine({ scale: 0.1 });
    expect(await oneValue(engine, "SELECT current_setting('memory_limit')")).toBe("1.2 GiB");
  });

  it.each(["8MiB", "1MiB"])("says in one line what to do where the data do not fit into %s", async (memoryLimit) => {
    await expect(createEngine({ scale: 0.01, memoryLimit })).rejects.toThrow(
      new InputError(
        `The sample data of scale 0.01 do not fit into ${memoryLimit}: give a larger memoryLimit (--memory-limit), ` +
          "such as 1045MiB, or a smaller scale (--scale)",
      ),
    );
  });

  it("gives each engine a database of its own, and its statements one", async () => {
    await using one = await createEngine({ scale: 0.001 });
    await using other = await createEngine({ scale: 0.001 });
    await runSql(one, "CREATE TABLE mine AS SELECT 1 AS a");
    expect(await oneValue(one, "SELECT a FROM mine")).toBe(1);
    expect(await other.tables("tpch")).not.toContain("mine");
  });

  it("closes what is open when it is disposed, and refuses what comes after", async () => {
    const engine = await createEngine({ scale: 0.001 });
    const statement = await engine.prepare("SELECT sum(a.range) FROM range(10000000) a, range(10000000)", {});
    await statement.execute([]);
    const late = engine.prepare("SELECT 1", {});
    late.catch(() => undefined);
    await engine[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await expect(statement.metadata()).rejects.toThrow(/closed/);
    await expect(late).rejects.toThrow(/closed/);
    await expect(engine.prepare("SELECT 1", {})).rejects.toThrow(/engine is closed/);
    await expect(engine.dryRun("SELECT 1", {})).rejects.toThrow(/engine is closed/);
    await expect(engine.catalogs()).rejects.toThrow(/engine is closed/);
  });

  it("names the remedy where a limit is met", async () => {
    await using engine = await createEngine({
      scale: 0.001,
      maxOpenStatements: 1,
      maxSqlLength: 40,
      maxResultRows: 10,
    });
    await expect(runSql(engine, "FROM range(11)")).rejects.toThrow(/11 rows, 10 are allowed: add a LIMIT/);
    expect((await runSql(engine, "FROM range(10)")).rowCount).toBe(10n);
    await expect(runSql(engine, `SELECT '${"x".repeat(40)}'`)).rejects.toThrow(/maxSqlLength/);
    const open = await engine.prepare("SELECT 1", {});
    await expect(engine.prepare("SELECT 1", {})).rejects.toThrow(/larger maxOpenStatements/);
    await open.close();
    expect(await oneValue(engine, "SELECT 1")).toBe(1);
  });

  it("refuses a result that does not fit into memory, and goes on", async () => {
    await using engine = await createEngine({ scale: 0.001, memoryLimit: "64MiB" });
    await expect(runSql(engine, "SELECT md5(range::VARCHAR) FROM range(5000000)")).rejects.toThrow(
      /^Out of Memory Error: [^\n]*larger memoryLimit$/,
    );
    expect(await oneValue(engine, "SELECT count(*) FROM region")).toBe(5n);
  });
});
