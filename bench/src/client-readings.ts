import type { Connection, Value } from "e6data-web";

/** Numbers in typed arrays, text offsets checked, text not yet made. Resolves to the number of rows. */
export async function readColumns(connection: Connection, sql: string): Promise<number> {
  let rows = 0;
  await using stream = await connection.stream(sql);
  for await (const batch of stream.batches()) {
    for (let index = 0; index < batch.columnCount; index++) {
      const column = batch.column(index);
      if (column.type !== "STRING") column.toArray();
    }
    rows += batch.rowCount;
  }
  return rows;
}

/** All rows as arrays, held at the same time. */
export async function readRows(connection: Connection, sql: string): Promise<readonly (readonly Value[])[]> {
  return (await connection.query(sql)).rows();
}

/** The same by a cursor, which makes the rows of a batch while the next one is on its way. */
export async function fetchAllRows(connection: Connection, sql: string): Promise<readonly (readonly Value[])[]> {
  await using cursor = connection.cursor();
  await cursor.execute(sql);
  return await cursor.fetchAll();
}

/** One row after the other, each let go of before the next is asked for. */
export async function streamRows(
  connection: Connection,
  sql: string,
  visit: (row: readonly Value[]) => void,
): Promise<void> {
  await using stream = await connection.stream(sql);
  for await (const row of stream) visit(row);
}
