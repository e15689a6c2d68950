import { describe, expect, it } from "vitest";
import { type VectorCase, vectorCases } from "../../test/vectors.ts";
import { isE6Error } from "../error.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { type ResultField, readResultMetadata } from "../wire/result-metadata.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";
import type { PlainColumn } from "./result-column.ts";
import { uniqueNames } from "./unique-names.ts";

const names = [...vectorCases.keys()];

interface Opened {
  readonly fields: readonly ResultField[];
  readonly result: QueryResult;
  readonly vector: VectorCase;
}

function open(name: string): Opened {
  const vector = vectorCases.get(name);
  if (vector === undefined) throw new Error(`there is no case ${name}`);
  const { metadata, batches } = vector.result;
  const { fields } = readResultMetadata(metadata);
  const result = createQueryResult({
    fields,
    batches: batches.map((bytes) => readResultBatch(bytes, fields)),
    queryId: "q",
    strategy: "blue",
  });
  return { fields, result, vector };
}

/** A value as the vectors write it. */
interface Written {
  readonly micros: string;
  readonly text: string;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What a number of the vectors stands for. */
function numberOf(expected: unknown): number {
  return Number(expected);
}

/** The value of the dialect `json` that the vectors' notation stands for. */
function expectedJson(type: string, expected: unknown): unknown {
  if (expected === null) return null;
  switch (type) {
    case "DATE":
    case "DATETIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return (expected as Written).text;
    case "DOUBLE":
    case "FLOAT":
      return Number.isFinite(numberOf(expected)) ? numberOf(expected) : expected;
    case "BINARY":
      return btoa(String.fromCharCode(...bytesOf(expected as string)));
    case "INTERVAL_DAY_SECOND":
      // ISO-8601, told from the microseconds by the parts of the text.
      return expect.stringMatching(/^-?P(?=[\dT])(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/);
    default:
      return expected;
  }
}

/** The value of the dialect `plain` with loss allowed. */
function expectedPlain(type: string, expected: unknown): unknown {
  if (expected === null) return null;
  switch (type) {
    case "LONG":
    case "DOUBLE":
    case "FLOAT":
    case "DECIMAL128":
      return numberOf(expected);
    case "DATE":
    case "DATETIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return new Date(Number(BigInt.asIntN(64, floorMillis(BigInt((expected as Written).micros)))));
    case "INTERVAL_DAY_SECOND":
      return Number(`${expected}e-3`);
    case "BINARY":
      return bytesOf(expected as string);
    default:
      return expected;
  }
}

function floorMillis(micros: bigint): bigint {
  return (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n;
}

/** What an array of the dialect `plain` holds for a value. */
function expectedItem(type: string, expected: unknown): unknown {
  const value = expectedPlain(type, expected);
  if (["STRING", "ARRAY", "MAP", "STRUCT", "BINARY", "NULL"].includes(type)) return value;
  if (value instanceof Date) return Number(floorMillis(BigInt((expected as Written).micros)));
  return Number(value);
}

/** The error of a column's first value that a reading refuses, seen in its array and value by value. */
function firstLoss(column: PlainColumn): string[] {
  const message = lossOf(() => column.toArray());
  if (message === undefined) return [];
  const row = Number(/^Row (\d+) of the column "/.exec(message)?.[1]);
  for (let before = 0; before < row; before++) column.get(before);
  expect(lossOf(() => column.get(row))).toBe(message);
  expect(message).toContain(JSON.stringify(column.name));
  return [message];
}

function lossOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (isE6Error(error) && error.code === "PRECISION_LOSS") return error.message;
    throw error;
  }
  return undefined;
}

function transposed({ vector }: Opened, read: (type: string, expected: unknown) => unknown, types: readonly string[]) {
  return Array.from({ length: vector.rowCount }, (_, row) =>
    vector.columns.map((column, index) => read(types[index] ?? "", column[row])),
  );
}

function typesOf({ result }: Opened): string[] {
  return result.columns().map(({ type }) => type);
}

it("finds every vector", () => {
  expect(names).toHaveLength(51);
});

describe.each(names)("createQueryResult() of %s", (name) => {
  it("has the same values in rows, objects and columns, in every dialect", () => {
    const opened = open(name);
    const { result, fields } = opened;
    const keys = uniqueNames(fields);
    for (const options of [{ dialect: "exact" }, { dialect: "plain", lossy: "allow" }, { dialect: "json" }] as const) {
      const rows = result.rows(options);
      expect(result.objects(options)).toEqual(
        rows.map((row) => Object.fromEntries(row.map((value, index) => [keys[index], value]))),
      );
      const columns = result.columns(options);
      const byGet = rows.map((_, row) => columns.map((column) => column.get(row)));
      expect(byGet).toEqual(rows);
      expect(rows.map((_, row) => columns.map((column) => column.isNull(row)))).toEqual(
        rows.map((row) => row.map((value) => value === null)),
      );
      expect(Object.keys(result.columnRecord(options))).toEqual(keys);
    }
  });

  it("is JSON without a loss in the dialect json", () => {
    const opened = open(name);
    const rows = opened.result.rows({ dialect: "json" });
    expect(rows).toEqual(transposed(opened, expectedJson, typesOf(opened)));
    const columns = opened.result.columns({ dialect: "json" }).map((column) => [...column.toArray()]);
    expect(rows.map((_, row) => columns.map((column) => column[row]))).toEqual(rows);
    // JSON itself writes 0 for -0.
    const positive = rows.map((row) => row.map((value) => (value === 0 ? 0 : value)));
    expect(JSON.parse(JSON.stringify(rows))).toEqual(positive);
  });

  it("is what JavaScript has in the dialect plain, or an error that names the first value that is not", () => {
    const opened = open(name);
    const { result } = opened;
    const types = typesOf(opened);
    const rows = result.rows({ dialect: "plain", lossy: "allow" });
    expect(rows).toEqual(transposed(opened, expectedPlain, types));
    const columns = result
      .columns({ dialect: "plain", lossy: "allow" })
      .map((column) => Array.from<unknown>(column.toArray()));
    expect(rows.map((_, row) => columns.map((column) => column[row]))).toEqual(transposed(opened, expectedItem, types));
    try {
      expect(result.rows({ dialect: "plain" })).toEqual(rows);
    } catch (error) {
      if (!isE6Error(error)) throw error;
      expect(error.code).toBe("PRECISION_LOSS");
      // Rows are read batch by batch, a column over all batches: each has its own first one.
      const messages = result.columns({ dialect: "plain" }).flatMap(firstLoss);
      expect(messages).toContain(error.message);
    }
  });
});
