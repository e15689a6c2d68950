import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import duckdb from "@duckdb/node-bindings";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readResult, runSql } from "../../test/engine-result.ts";
import { InputError } from "../input-error.ts";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { createEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";
import { quoteText } from "./type-sql.ts";

let base: string;
let folder: string;
let engine: Engine;

/** Writes Parquet files by a database that may. */
async function writeParquet(files: Readonly<Record<string, string>>): Promise<void> {
  const database = await duckdb.open(":memory:");
  const connection = await DuckDbConnection.open(database);
  for (const [path, sql] of Object.entries(files))
    await connection.query(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.close();
  duckdb.close_sync(database);
}

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "parquet-")));
  folder = join(base, "open");
  await mkdir(join(folder, "year=2024"), { recursive: true });
  await mkdir(join(base, "open-not"));
  const rows = "SELECT i::BIGINT AS id, i / 4 AS quarter, 'row ' || i AS name, [i] AS list FROM range(5000) AS t(i)";
  await writeParquet({
    [join(folder, "rows.parquet")]: rows,
    [join(folder, "it's.parquet")]: "SELECT 1 AS one",
    [join(folder, "year=2024/part.parquet")]: "SELECT 2 AS two",
    [join(base, "secret.parquet")]: "SELECT 3 AS three",
    [join(base, "open-not/secret.parquet")]: "SELECT 4 AS four",
    [join(folder, "big.parquet")]: "SELECT repeat(md5(i::VARCHAR), 50) AS t FROM range(100000) AS t(i)",
  });
  await writeFile(join(folder, "no.parquet"), "not Parquet");
  await symlink(join(base, "secret.parquet"), join(folder, "link.parquet"));
  await symlink(join(folder, "rows.parquet"), join(folder, "inner.parquet"));
  await symlink(base, join(folder, "up"));
  engine = await createEngine({ scale: 0.001, parquetFolder: folder });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(base, { recursive: true });
});

async function read(path: string): Promise<Awaited<ReturnType<typeof readResult>>> {
  const frame = await engine.createDataFrame({ from: "parquet", path }, {});
  try {
    await frame.execute([]);
    return await readResult(frame);
  } finally {
    await frame.close();
  }
}

describe("a data frame of a Parquet file", () => {
  it("has its columns and rows, and takes steps", async () => {
    const frame = await engine.createDataFrame({ from: "parquet", path: "rows.parquet" }, {});
    expect(frame.keepsResult()).toBe(true);
    await frame.apply({ kind: "filter", where: "id >= 4998" });
    await frame.execute([]);
    const { fields, rows } = await readResult(frame);
    expect(fields.map(({ name, type }) => [name, type])).toEqual([
      ["id", "LONG"],
      ["quarter", "DOUBLE"],
      ["name", "STRING"],
      ["list", "ARRAY"],
    ]);
    expect(rows).toEqual([
      [4998n, 1249.5, "row 4998", "[4998]"],
      [4999n, 1249.75, "row 4999", "[4999]"],
    ]);
    await frame.close();
  });

  it("is found by a relative path, and by an absolute one inside the folder", async () => {
    expect((await read("./year=2024/../year=2024/part.parquet")).fields.map(({ name }) => name)).toEqual(["two"]);
    expect((await read(join(folder, "it's.parquet"))).fields.map(({ name }) => name)).toEqual(["one"]);
  });

  it.each([
    ["../secret.parquet", /leads out/],
    ["year=2024/../../secret.parquet", /leads out/],
    ["../open-not/secret.parquet", /leads out/],
    ["..", /leads out/],
    ["/etc/hostname", /leads out/],
    ["link.parquet", /symbolic link/],
    ["inner.parquet", /symbolic link/],
    ["up/secret.parquet", /symbolic link/],
    ["up/nowhere.parquet", /symbolic link/],
    ["*.parquet", /wildcards/],
    ["[r]ows.parquet", /wildcards/],
    ["rows.parquet\0.txt", /control characters/],
    ["", /names one file/],
    [".", /no such file/],
    ["year=2024", /no such file/],
    ["nowhere.parquet", /no such file/],
    ["http://127.0.0.1:1/rows.parquet", /no such file/],
    ["s3://bucket/rows.parquet", /no such file/],
    ["rows.parquet/x", /no such file/],
  ])("is refused for the path %j", async (path, message) => {
    await expect(read(path)).rejects.toThrow(message);
  });

  it("is refused for a path above the folder that is absolute", async () => {
    await expect(read(join(base, "secret.parquet"))).rejects.toThrow(/leads out/);
    await expect(read(join(base, "open-not", "secret.parquet"))).rejects.toThrow(/leads out/);
  });

  it("says what is wrong with a file, without where it lies", async () => {
    const message = await read("no.parquet").then(
      () => "",
      (reason: unknown) => String(reason),
    );
    expect(message).toContain("no.parquet");
    expect(message).not.toContain(base);
  });

  it("leaves statements sealed off, before it and after it", async () => {
    const path = join(folder, "rows.parquet");
    await read("rows.parquet");
    for (const sql of [
      `SELECT * FROM read_parquet('${path}')`,
      `SELECT * FROM '${path}'`,
      `COPY region TO '${path}'`,
    ]) {
      await expect(runSql(engine, sql)).rejects.toThrow(/disabled|not allowed/);
    }
    const frame = await engine.createDataFrame({ from: "parquet", path: "rows.parquet" }, {});
    const where = `EXISTS (FROM read_parquet('${path}'))`;
    await expect(frame.apply({ kind: "filter", where })).rejects.toThrow(/disabled/);
    await frame.close();
  });

  it("gives its rows back when it is closed", async () => {
    for (let i = 0; i < 3; i++) await read("rows.parquet");
    expect((await runSql(engine, "SELECT * FROM duckdb_tables() WHERE table_name = 'e6_frame'")).rows).toEqual([]);
  });

  it("has to fit into memory; the engine goes on where it does not", async () => {
    await using small = await createEngine({ scale: 0.001, memoryLimit: "64MiB", parquetFolder: folder });
    await expect(small.createDataFrame({ from: "parquet", path: "big.parquet" }, {})).rejects.toThrow(
      /^Out of Memory Error: /,
    );
    expect((await runSql(small, "FROM range(1000)")).rowCount).toBe(1000n);
  });
});

describe("an engine's Parquet folder", () => {
  it("is none unless it was given", async () => {
    await using without = await createEngine({ scale: 0.001 });
    await expect(without.createDataFrame({ from: "parquet", path: "rows.parquet" }, {})).rejects.toThrow(
      /start the mock with the folder that holds them \(--parquet-folder\)/,
    );
  });

  it.each(["nowhere", "rows.parquet"])("has to be a folder: %s", async (name) => {
    await expect(createEngine({ scale: 0.001, parquetFolder: join(folder, name) })).rejects.toThrow(InputError);
  });
});
