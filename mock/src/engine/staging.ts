import duckdb from "@duckdb/node-bindings";
import type { Admitted } from "./admission.ts";
import { type Binding, bindAll } from "./bound-value.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { resultColumns } from "./result-column.ts";
import { convertIntoResult, type Materialised } from "./result-table.ts";
import { typeSql } from "./type-sql.ts";

// Statements that cannot stand inside the one that makes the result table run as they are. Their rows go to a table of
// DuckDB's own types first, and from there, converted, to the result table.

const stagingTable = "e6_staging";

/** So many rows may be held in memory that DuckDB does not limit. */
const maxHeldRows = 100_000;

/** A statement that is no query. It and the keeping of its rows happen both or not at all. */
export async function runWrite(
  connection: DuckDbConnection,
  { prepared }: Admitted,
  bindings: readonly Binding[],
): Promise<Materialised> {
  // Before anything is written: what cannot be kept is refused.
  stagedTypes(preparedTypes(prepared));
  return await inTransaction(connection, async () => {
    bindAll(prepared, bindings);
    const result = await connection.run(prepared);
    await createStaging(connection, resultTypes(result));
    await connection.append(connection.chunks(result), stagingTable);
    return await convertStaged(connection, result);
  });
}

/** A query whose rows are held until it is done, so that it sees no table that is made for its result. */
export async function runHeld(
  connection: DuckDbConnection,
  { prepared }: Admitted,
  bindings: readonly Binding[],
): Promise<Materialised> {
  bindAll(prepared, bindings);
  const result = await connection.stream(prepared);
  const chunks = await heldChunks(connection, result);
  await createStaging(connection, resultTypes(result));
  await connection.append(chunks, stagingTable);
  return await convertStaged(connection, result);
}

async function inTransaction<T>(connection: DuckDbConnection, work: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN TRANSACTION");
  try {
    const done = await work();
    await connection.query("COMMIT");
    return done;
  } catch (cause) {
    // At once: what the transaction has touched is locked for others. A failed COMMIT has rolled back by itself.
    await connection.release("ROLLBACK");
    throw cause;
  }
}

async function heldChunks(connection: DuckDbConnection, result: duckdb.Result): Promise<duckdb.DataChunk[]> {
  const held: duckdb.DataChunk[] = [];
  let rows = 0;
  for await (const chunk of connection.chunks(result)) {
    rows += duckdb.data_chunk_get_size(chunk);
    if (rows > maxHeldRows) {
      throw new SqlError(
        `Out of Range Error: a query of this kind may have ${maxHeldRows} rows: add a LIMIT, leave the catalog out of it, or cast its placeholders`,
      );
    }
    held.push(chunk);
  }
  return held;
}

async function createStaging(connection: DuckDbConnection, types: readonly duckdb.LogicalType[]): Promise<void> {
  const columns = stagedTypes(types).map((type, i) => `c${i} ${type}`);
  await connection.query(`CREATE TEMP TABLE ${stagingTable} (${columns.join(", ")})`);
}

async function convertStaged(connection: DuckDbConnection, result: duckdb.Result): Promise<Materialised> {
  const materialised = await convertIntoResult(connection, resultColumns(result), `temp.main.${stagingTable}`);
  await connection.query(`DROP TABLE temp.main.${stagingTable}`);
  return materialised;
}

function stagedTypes(types: readonly duckdb.LogicalType[]): string[] {
  return types.map((type, i) => {
    const sql = typeSql(type);
    if (sql === undefined) {
      throw new SqlError(`Not implemented Error: column ${i + 1} cannot be returned as it is: cast it to VARCHAR`);
    }
    return sql;
  });
}

/** A type that is known only when values are bound is left out: it is looked at when they are. */
function preparedTypes(prepared: duckdb.PreparedStatement): duckdb.LogicalType[] {
  return Array.from({ length: duckdb.prepared_statement_column_count(prepared) }, (_, i) =>
    duckdb.prepared_statement_column_logical_type(prepared, i),
  ).filter((type) => duckdb.get_type_id(type) !== duckdb.Type.INVALID);
}

function resultTypes(result: duckdb.Result): duckdb.LogicalType[] {
  return Array.from({ length: duckdb.column_count(result) }, (_, i) => duckdb.column_logical_type(result, i));
}
