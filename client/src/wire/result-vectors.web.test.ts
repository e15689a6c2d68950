import { describe, expect, it } from "vitest";
import { isE6Error } from "../error.ts";
import { CalendarDate } from "./calendar-date.ts";
import type { Column, Value } from "./column.ts";
import { Interval } from "./interval.ts";
import { type ResultBatch, readResultBatch } from "./result-batch.ts";
import { type ResultField, readResultMetadata } from "./result-metadata.ts";
import { Timestamp } from "./timestamp.ts";

/** One file of `client/vectors`: see its README. */
interface ResultVector {
  readonly name: string;
  readonly rowCount: number;
  readonly fields: readonly ResultField[];
  readonly metadata: string;
  readonly batches: readonly string[];
  readonly columns: readonly unknown[][];
}

const files = import.meta.glob<ResultVector>("../../vectors/*.json", { eager: true, import: "default" });
const cases = Object.values(files).map((vector) => [vector.name, vector] as const);

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A value in the notation of the vectors. */
function notation(value: Value): unknown {
  if (typeof value === "number") {
    if (Number.isNaN(value) || Math.abs(value) === Number.POSITIVE_INFINITY) return String(value);
    return Object.is(value, -0) ? "-0" : value;
  }
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (value instanceof CalendarDate) return { micros: String(value.micros), text: String(value) };
  if (value instanceof Timestamp) return { micros: String(value.micros), zone: value.zone, text: String(value) };
  if (value instanceof Interval) return String(value.micros);
  return value === null || typeof value === "boolean" ? value : String(value);
}

/** What `toArray()` holds at a row, given what the vectors say of the row. */
function arrayNotation(column: Column, expected: unknown): unknown {
  switch (column.type) {
    case "LONG":
    case "INTERVAL_DAY_SECOND":
      return expected ?? "0";
    case "DATE":
    case "DATETIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return expected === null ? "0" : (expected as { micros: string }).micros;
    case "INTEGER":
    case "DOUBLE":
    case "FLOAT":
      return expected ?? 0;
    case "BOOLEAN":
      return expected ? 1 : 0;
    default:
      return expected;
  }
}

function readBatches(vector: ResultVector): ResultBatch[] {
  return vector.batches.map((batch) => readResultBatch(fromBase64(batch), vector.fields));
}

/** What the batches of a vector must hold, column by column, batch by batch. */
function expectedColumns(vector: ResultVector, batches: readonly ResultBatch[]): unknown[][][] {
  return vector.columns.map((values) => {
    let from = 0;
    return batches.map((batch) => {
      const part = values.slice(from, from + batch.rowCount);
      from += batch.rowCount;
      return part;
    });
  });
}

/** Something of each column of each batch, in the order of {@link expectedColumns}. */
function mapColumns<T>(
  vector: ResultVector,
  batches: readonly ResultBatch[],
  map: (batch: ResultBatch, index: number) => T,
): T[][] {
  return vector.fields.map((_, index) => batches.map((batch) => map(batch, index)));
}

function valuesByGet(batch: ResultBatch, index: number): unknown[] {
  const column = batch.column(index);
  return Array.from({ length: batch.rowCount }, (_, row) => {
    expect(column.isNull(row)).toBe(column.get(row) === null);
    return notation(column.get(row));
  });
}

it("finds every vector", () => {
  expect(cases).toHaveLength(51);
});

describe("readResultMetadata()", () => {
  it.each(cases)("reads %s", (_, vector) => {
    expect(readResultMetadata(fromBase64(vector.metadata))).toEqual({
      rowCount: vector.rowCount,
      fields: vector.fields,
    });
  });

  it.each(cases)("refuses every proper prefix of %s", (_, vector) => {
    const bytes = fromBase64(vector.metadata);
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => readResultMetadata(bytes.subarray(0, length)))).toBe("MALFORMED_RESULT");
    }
  });
});

describe("readResultBatch()", () => {
  it.each(cases)("reads %s value by value", (_, vector) => {
    const batches = readBatches(vector);
    expect(batches.reduce((sum, batch) => sum + batch.rowCount, 0)).toBe(vector.rowCount);
    expect(mapColumns(vector, batches, valuesByGet)).toEqual(expectedColumns(vector, batches));
  });

  it.each(cases)("reads %s as rows", (_, vector) => {
    const batches = readBatches(vector);
    const values = mapColumns(vector, batches, (batch, index) =>
      batch.rows().map((row) => notation(row[index] as Value)),
    );
    expect(values).toEqual(expectedColumns(vector, batches));
  });

  it.each(cases)("needs the bytes of %s no more once it has made rows", (_, vector) => {
    const sent = vector.batches.map(fromBase64);
    const batches = sent.map((bytes) => readResultBatch(bytes, vector.fields));
    const rows = batches.map((batch) => batch.rows());
    for (const { buffer } of sent) buffer.transfer(0);
    const values = vector.fields.map((_field, index) =>
      rows.map((part) => part.map((row) => notation(row[index] as Value))),
    );
    expect(values).toEqual(expectedColumns(vector, batches));
  });

  it.each(cases)("reads %s as arrays", (_, vector) => {
    const batches = readBatches(vector);
    const arrays = mapColumns(vector, batches, (batch, index) => [...batch.column(index).toArray()].map(notation));
    const expected = expectedColumns(vector, batches).map((parts, index) =>
      parts.map((part, batch) =>
        part.map((value) => arrayNotation((batches[batch] as ResultBatch).column(index), value)),
      ),
    );
    expect(arrays).toEqual(expected);
  });

  it.each(cases)("refuses every proper prefix of %s and bytes after its end", (_, vector) => {
    for (const batch of vector.batches) {
      const bytes = fromBase64(batch);
      for (let length = 1; length < bytes.length; length++) {
        const code = codeOf(() => readResultBatch(bytes.subarray(0, length), vector.fields));
        if (code !== "MALFORMED_RESULT") expect.fail(`the first ${length} bytes: ${code}`);
      }
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      expect(codeOf(() => readResultBatch(longer, vector.fields))).toBe("MALFORMED_RESULT");
    }
  });
});

/** The code of the error that a function throws, with a byte position in its message; otherwise what came instead. */
function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (isE6Error(error)) return /\bat byte \d+:/.test(error.message) ? error.code : error.message;
    return error;
  }
}
