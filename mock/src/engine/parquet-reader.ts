import duckdb from "@duckdb/node-bindings";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { quoteText } from "./type-sql.ts";

/** An empty database in memory that sees one file and nothing else outside. Close it. */
export async function openParquetReader(file: string, memoryLimit: string): Promise<duckdb.Database> {
  const config = duckdb.create_config();
  for (const [name, value] of Object.entries({ threads: "1", memory_limit: memoryLimit, temp_directory: "" })) {
    duckdb.set_config(config, name, value);
  }
  const database = await duckdb.open(":memory:", config);
  const connection = await DuckDbConnection.open(database);
  await connection.query(`SET GLOBAL allowed_paths = [${quoteText(file)}]`);
  await connection.query("SET GLOBAL enable_external_access = false");
  connection.close();
  return database;
}
