import { invalidParameter } from "../invalid-parameter.ts";
import type { Column, Value } from "./column.ts";
import { type BatchColumn, createColumn } from "./create-column.ts";
import { type Cells, makeRows } from "./make-rows.ts";
import { NullColumn } from "./null-column.ts";
import { type ReadLimits, resolveReadLimits } from "./read-limits.ts";
import type { ResultField } from "./result-metadata.ts";
import { expectType, readListHeader, readStruct, thriftType } from "./thrift.ts";
import { readVector, type Vector } from "./vector.ts";
import { WireCursor } from "./wire-cursor.ts";
import { createWireSource, type WireSource } from "./wire-source.ts";

/**
 * Rows that are gathered together. Column by column keeps each loop to values of one kind; not too many at once, so that the rows are still
 * in the processor's cache, and young to the garbage collector, when the last column comes.
 */
const blockRows = 512;

/** Some rows of a result, column by column. */
export interface ResultBatch {
  /** Rows of this batch; 0 says that the result has ended. */
  readonly rowCount: number;
  readonly columnCount: number;
  /**
   * A column, by its place in the result, from 0. After the end of a result its type may be NULL.
   *
   * @throws E6Error `INVALID_PARAMETER` where there is no such column.
   */
  column(index: number): Column;
  /**
   * The rows from `from` up to but not `to`, made anew with each call: an array of values for each. Default: all of them.
   *
   * @throws E6Error `INVALID_PARAMETER` where there are no such rows, `MALFORMED_RESULT` where the text of a value is not UTF-8 or no decimal.
   */
  rows(from?: number, to?: number): Value[][];
}

/**
 * Reads one `GetNextResultBatchResponse.resultBatch`, or one entry of the V2 response's `resultBatches`.
 *
 * The whole structure is checked here: lengths, counts, types and the positions of all texts. The text itself is decoded when it is asked
 * for, and only then is UTF-8 checked. Until then the batch refers to `bytes`, which must not change.
 *
 * @param fields The result's fields; the batch must have as many columns. Where the types of field and column differ, the column's holds.
 * @param options Limits that replace {@link ReadLimits}' defaults.
 * @throws E6Error `MALFORMED_RESULT` for input that is cut, too long, past a limit or at odds with itself, with the byte where that was seen;
 *   `UNSUPPORTED` for a column of type INT96 or of a type that is newer than this client.
 */
export function readResultBatch(
  bytes: Uint8Array,
  fields: readonly ResultField[],
  options: Partial<ReadLimits> = {},
): ResultBatch {
  const limits = resolveReadLimits(options);
  if (bytes.length === 0) return endOfResult(fields.length);
  const source = createWireSource("Result batch", bytes, limits.maxBytes);
  const chunk = readChunk(new WireCursor(source), fields.length, limits);
  if (chunk.vectors.length === 0 && chunk.size === 0) return endOfResult(fields.length);
  return createBatch(chunk.size, assembleColumns(source, chunk, fields.length));
}

/** The engine's struct `Chunk`. */
interface Chunk {
  readonly size: number;
  readonly vectors: readonly Vector[];
}

function readChunk(cursor: WireCursor, columnCount: number, limits: ReadLimits): Chunk {
  const { source } = cursor;
  let size: number | undefined;
  let vectors: Vector[] = [];
  readStruct(cursor, limits.maxDepth, (id, type) => {
    if (id === 1) {
      expectType(cursor, type, thriftType.i32, "the batch's size");
      size = cursor.readCount("the batch's size");
    } else if (id === 2) {
      expectType(cursor, type, thriftType.list, "the batch's vectors");
      vectors = readVectors(cursor, columnCount, limits.maxDepth - 1);
    } else {
      return false;
    }
    return true;
  });
  cursor.assertEnd();
  if (size === undefined) throw source.malformed(0, "it has no size");
  if (size > limits.maxRows)
    throw source.malformed(0, `it has ${size} rows, past the limit maxRows of ${limits.maxRows}`);
  return { size, vectors };
}

function readVectors(cursor: WireCursor, columnCount: number, depth: number): Vector[] {
  const start = cursor.position;
  const count = readListHeader(cursor, thriftType.struct, "the batch's vectors");
  if (count > 0 && count !== columnCount) {
    throw cursor.source.malformed(start, `it has ${count} vectors, but the result has ${columnCount} columns`);
  }
  const vectors: Vector[] = [];
  for (let index = 0; index < count; index++) vectors.push(readVector(cursor, depth, index));
  return vectors;
}

function assembleColumns(source: WireSource, { size, vectors }: Chunk, columnCount: number): BatchColumn[] {
  if (vectors.length !== columnCount) {
    throw source.malformed(0, `it has ${vectors.length} vectors, but the result has ${columnCount} columns`);
  }
  return vectors.map((vector) => {
    if (vector.rowCount !== size) {
      throw source.malformed(vector.start, `column ${vector.index} has ${vector.rowCount} rows in a batch of ${size}`);
    }
    return createColumn(source, vector);
  });
}

function endOfResult(columnCount: number): ResultBatch {
  const column = new NullColumn(0);
  return createBatch(0, new Array<BatchColumn>(columnCount).fill(column));
}

function createBatch(rowCount: number, columns: readonly BatchColumn[]): ResultBatch {
  return {
    rowCount,
    columnCount: columns.length,
    column: (index) => columnAt(columns, index),
    rows: (from = 0, to = rowCount) => gatherRows(assertRange(from, to, rowCount), to, columns),
  };
}

function columnAt(columns: readonly BatchColumn[], index: number): Column {
  const column = columns[index];
  if (column === undefined) {
    throw invalidParameter(`There is no column ${index} in a result of ${columns.length}.`, "Columns count from 0.");
  }
  return column;
}

function gatherRows(start: number, end: number, columns: readonly BatchColumn[]): Value[][] {
  const count = end - start;
  const rows = new Array<Value[]>(count);
  // Pushed, not mapped: V8 makes arrays of two kinds by map(), and discards the code that reads them when it meets the other one.
  const cells: Cells[] = [];
  for (const column of columns) {
    const { type } = column;
    const at = type === "LONG" || type === "DOUBLE" ? column.at : undefined;
    const values = new Array<Value>(at === undefined ? Math.min(blockRows, count) : 0).fill(null);
    cells.push({ type, at, values, from: 0 });
  }
  for (let from = start; from < end; from += blockRows) {
    const to = Math.min(from + blockRows, end);
    cells.forEach((part, index) => {
      part.from = from;
      if (part.at === undefined) columns[index]?.fillValues(part.values, from, to);
    });
    makeRows(rows, from - start, to - from, cells);
  }
  return rows;
}

function assertRange(from: number, to: number, rowCount: number): number {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= rowCount)) {
    throw invalidParameter(
      `There are no rows ${from} to ${to} in a batch of ${rowCount}.`,
      "Rows count from 0 within each batch.",
    );
  }
  return from;
}
