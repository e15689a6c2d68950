import duckdb from "@duckdb/node-bindings";
import { textEntry } from "../encode/text-entry.ts";
import { hasValue } from "../encode/vector-slice.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { readPointer, vectorSlice } from "./vector-memory.ts";

const utf8 = new TextDecoder();

/** All rows of a result whose columns are all VARCHAR; NULL reads as empty text. For the engine's own small questions. */
export async function textRows(connection: DuckDbConnection, result: duckdb.Result): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const chunk of connection.chunks(result)) {
    appendRows(rows, chunk);
  }
  return rows;
}

function appendRows(rows: string[][], chunk: duckdb.DataChunk): void {
  const size = duckdb.data_chunk_get_size(chunk);
  const width = duckdb.data_chunk_get_column_count(chunk);
  const columns = Array.from({ length: width }, (_, column) => columnTexts(chunk, column, size));
  for (let row = 0; row < size; row++) {
    rows.push(columns.map((texts) => texts[row] ?? ""));
  }
}

function columnTexts(chunk: duckdb.DataChunk, column: number, size: number): string[] {
  const { data, validity } = vectorSlice(chunk, column, textEntry.bytes, size);
  return Array.from({ length: size }, (_, row) => (hasValue(validity, row) ? textAt(data, row) : ""));
}

function textAt(data: DataView<ArrayBuffer>, row: number): string {
  const entry = row * textEntry.bytes;
  const length = data.getUint32(entry, true);
  return utf8.decode(
    length <= textEntry.inlineMax
      ? new Uint8Array(data.buffer, data.byteOffset + entry + textEntry.inlineAt, length)
      : readPointer(data.buffer, data.byteOffset + entry + textEntry.pointerAt, length),
  );
}
