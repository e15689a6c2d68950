import duckdb from "@duckdb/node-bindings";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { openParquetReader } from "./parquet-reader.ts";
import { quoteName, quoteText, typeSql } from "./type-sql.ts";

/**
 * Copies the rows of a Parquet file into a new temporary table of a connection. The connection's own database reaches no
 * file: another one reads, which lives as long as this takes, sees this file alone and runs no statement of a user's.
 * `memoryLimit` bounds it; it streams, so that it seldom takes more than a row group.
 */
export async function copyParquetRows(
  file: string,
  into: DuckDbConnection,
  temporaryTable: string,
  memoryLimit: string,
): Promise<void> {
  const database = await openParquetReader(file, memoryLimit);
  const reader = await DuckDbConnection.open(database);
  try {
    const prepared = await reader.prepare(`FROM read_parquet(${quoteText(file)}, hive_partitioning = false)`);
    const rows = await reader.stream(prepared);
    await into.query(`CREATE TEMP TABLE ${temporaryTable} (${columnsSql(rows)})`);
    await into.append(reader.chunks(rows), temporaryTable);
    duckdb.destroy_prepare_sync(prepared);
  } catch (cause) {
    throw cause instanceof SqlError ? new SqlError(withoutFolder(cause.message, file), { cause }) : cause;
  } finally {
    reader.close();
    duckdb.close_sync(database);
  }
}

function columnsSql(rows: duckdb.Result): string {
  return Array.from({ length: duckdb.column_count(rows) }, (_, i) => {
    const name = duckdb.column_name(rows, i);
    const type = typeSql(duckdb.column_logical_type(rows, i));
    if (type === undefined) {
      throw new SqlError(`Not implemented Error: the column ${quoteName(name)} is of a type that no table can hold`);
    }
    return `${quoteName(name)} ${type}`;
  }).join(", ");
}

/** Where the folder lies is nobody's business. */
function withoutFolder(message: string, file: string): string {
  return message.replaceAll(file, file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1));
}
