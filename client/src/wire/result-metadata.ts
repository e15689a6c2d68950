import { type ReadLimits, resolveReadLimits } from "./read-limits.ts";
import { WireCursor } from "./wire-cursor.ts";
import { createWireSource } from "./wire-source.ts";

/** One column of a result, as the engine describes it. */
export interface ResultField {
  /** The column's name; may be empty, and may be that of another column too. */
  readonly name: string;
  /**
   * The engine's name of the type: LONG, INTEGER, INT, SHORT, BYTE, DOUBLE, FLOAT, BOOLEAN, STRING, CHAR, BINARY, DATE, DATETIME,
   * TIMESTAMP, TIMESTAMP_TZ, DECIMAL128, INT96, INTERVAL_DAY_SECOND, ARRAY, MAP, STRUCT, NULL, or one that is newer than this list.
   */
  readonly type: string;
  /** The engine's zone for the column; often empty. */
  readonly zone: string;
  /** The engine's format for dates; often empty. */
  readonly format: string;
}

/** What the engine says about a whole result before its first row. */
export interface ResultMetadata {
  /** Rows of the whole result; negative where the engine does not know. */
  readonly rowCount: number;
  readonly fields: readonly ResultField[];
}

/** A field is four strings, each of two bytes at least: those of its length. */
const smallestField = 8;

/**
 * Reads `GetResultMetadataResponse.resultMetaData`.
 *
 * @param options Limits that replace {@link ReadLimits}' defaults; `maxRows` speaks of batches and does not count here.
 * @throws E6Error `MALFORMED_RESULT` for input that is cut, too long, past a limit or not UTF-8, and for a row count beyond 2^53.
 */
export function readResultMetadata(bytes: Uint8Array, options: Partial<ReadLimits> = {}): ResultMetadata {
  const limits = resolveReadLimits(options);
  const source = createWireSource("Result metadata", bytes, limits.maxBytes);
  const cursor = new WireCursor(source);
  const rowCount = readRowCount(cursor);
  const start = cursor.position;
  const count = cursor.readCount("the column count");
  if (count > limits.maxColumns) {
    throw source.malformed(start, `it has ${count} columns, past the limit maxColumns of ${limits.maxColumns}`);
  }
  cursor.assertHolds(count, smallestField, "the column count");
  const fields: ResultField[] = [];
  for (let index = 0; index < count; index++) fields.push(readField(cursor, index));
  cursor.assertEnd();
  return { rowCount, fields };
}

function readRowCount(cursor: WireCursor): number {
  const start = cursor.position;
  const rowCount = cursor.readInt64("the row count");
  if (rowCount > 2n ** 53n) throw cursor.source.malformed(start, `the row count, ${rowCount}, is beyond 2^53`);
  return Number(rowCount);
}

function readField(cursor: WireCursor, index: number): ResultField {
  const name = readText(cursor, `the name of column ${index}`);
  const type = readText(cursor, `the type of column ${index}`);
  const zone = readText(cursor, `the zone of column ${index}`);
  const format = readText(cursor, `the format of column ${index}`);
  return { name, type, zone, format };
}

function readText(cursor: WireCursor, what: string): string {
  const length = cursor.readUint16(`the length of ${what}`);
  const start = cursor.take(length, what);
  try {
    return cursor.source.utf8.decode(cursor.source.bytes.subarray(start, start + length));
  } catch (cause) {
    throw cursor.source.malformed(start, `${what} is not UTF-8`, { cause });
  }
}
