import duckdb from "@duckdb/node-bindings";
import type { PointerReader } from "../encode/text-entry.ts";
import type { VectorSlice } from "../encode/vector-slice.ts";

/** Reads a text that is too long for its entry. The bytes are DuckDB's: good while the chunk is held. */
export const readPointer: PointerReader = duckdb.get_data_from_pointer;

/** The memory of one column of a chunk, of all its rows. Good while the chunk is held. */
export function vectorSlice(chunk: duckdb.DataChunk, column: number, width: number, rows: number): VectorSlice {
  const vector = duckdb.data_chunk_get_vector(chunk, column);
  const data = duckdb.vector_get_data(vector, rows * width);
  // The validity comes in words of 64 rows; a vector whose rows all have values has none, and then this is null.
  const validity: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  return {
    // The binding's buffers are plain ones, never shared; its declarations do not say so.
    data: new DataView(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    validity: validity ?? undefined,
    from: 0,
    count: rows,
  };
}
