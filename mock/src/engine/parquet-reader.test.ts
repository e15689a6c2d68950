import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import duckdb from "@duckdb/node-bindings";
import { afterAll, describe, expect, it } from "vitest";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { openParquetReader } from "./parquet-reader.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "reader-")));
const [seen, unseen] = [join(folder, "seen.csv"), join(folder, "unseen.csv")];
for (const file of [seen, unseen]) writeFileSync(file, "a\n1\n");
afterAll(() => rmSync(folder, { recursive: true }));

describe("openParquetReader()", () => {
  it("sees the one file, and nothing else", async () => {
    const database = await openParquetReader(seen, "64MiB");
    const connection = await DuckDbConnection.open(database);
    await connection.query(`FROM read_text('${seen}')`);
    for (const sql of [
      `FROM read_text('${unseen}')`,
      `FROM read_text('${folder}/*')`,
      `COPY (SELECT 1) TO '${folder}/new.csv'`,
      "SET GLOBAL enable_external_access = true",
      "SET GLOBAL allowed_paths = ['/']",
    ]) {
      await expect(connection.query(sql)).rejects.toThrow(/disabled|Cannot (?:change|enable)/);
    }
    expect(readdirSync(folder)).toEqual(["seen.csv", "unseen.csv"]);
    connection.close();
    duckdb.close_sync(database);
  });
});
