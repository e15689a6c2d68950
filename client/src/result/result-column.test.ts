import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { createQueryResult } from "./query-result.ts";

/** The one column of a result with a batch for each vector. */
function columnsOf(fieldType: string, ...vectors: readonly VectorParts[]) {
  const fields = [{ name: "c", type: fieldType, zone: "", format: "" }];
  const batches = vectors.map((vector) => readResultBatch(chunkBytes([vector]), fields));
  const result = createQueryResult({ fields, batches, queryId: "", strategy: "blue" });
  const [[exact], [plain], [json]] = [
    result.columns(),
    result.columns({ dialect: "plain" }),
    result.columns({ dialect: "json" }),
  ];
  if (!(exact && plain && json)) throw new Error("no column");
  return { exact, plain, json };
}

const nothing: VectorParts = { type: vectorNumber.NULL, size: 2, constant: true };

describe("a column over all batches", () => {
  it("is one array of its type, over batches that have values and those that have none", () => {
    const { exact, plain, json } = columnsOf("LONG", longs(1n), nothing, { ...longs(5n, 6n), nulls: [true, false] });
    expect([exact.type, exact.rowCount]).toEqual(["LONG", 5]);
    expect(exact.toArray()).toEqual(BigInt64Array.of(1n, 0n, 0n, 0n, 6n));
    expect(plain.toArray()).toEqual(Float64Array.of(1, 0, 0, 0, 6));
    expect(json.toArray()).toEqual(["1", null, null, null, "6"]);
    const rows = [0, 1, 2, 3, 4];
    expect(rows.map((row) => exact.isNull(row))).toEqual([false, true, true, true, false]);
    expect(rows.map((row) => exact.get(row))).toEqual([1n, null, null, null, 6n]);
  });

  it("has an array of values where the type has no typed array", () => {
    const { exact, plain } = columnsOf("STRING", strings("a", "b"), nothing, strings("c"));
    for (const column of [exact, plain]) expect(column.toArray()).toEqual(["a", "b", null, null, "c"]);
  });

  it("makes its array once", () => {
    const { exact, plain, json } = columnsOf("LONG", longs(1n), longs(2n));
    for (const column of [exact, plain, json]) expect(column.toArray()).toBe(column.toArray());
  });

  it("has the batch's own array where there is one batch", () => {
    const fields = [{ name: "c", type: "LONG", zone: "", format: "" }];
    const batch = readResultBatch(chunkBytes([longs(1n)]), fields);
    const result = createQueryResult({ fields, batches: [batch], queryId: "", strategy: "blue" });
    expect(result.columns()[0]?.toArray()).toBe(batch.column(0).toArray());
  });

  it("has values where batches are of different types", () => {
    const { exact, plain, json } = columnsOf("LONG", longs(1n), strings("a"), nothing);
    expect(exact.type).toBe("MIXED");
    expect(exact.toArray()).toEqual([1n, "a", null, null]);
    expect(plain.toArray()).toEqual([1, "a", null, null]);
    expect(json.toArray()).toEqual(["1", "a", null, null]);
    expect([exact.get(0), exact.get(1), exact.get(3)]).toEqual([1n, "a", null]);
  });

  it.each([
    ["LONG", "LONG", BigInt64Array.of(), Float64Array.of()],
    ["INT", "INTEGER", Int32Array.of(), Int32Array.of()],
    ["SHORT", "INTEGER", Int32Array.of(), Int32Array.of()],
    ["BYTE", "INTEGER", Int32Array.of(), Int32Array.of()],
    ["BOOLEAN", "BOOLEAN", Uint8Array.of(), Uint8Array.of()],
    ["FLOAT", "FLOAT", Float32Array.of(), Float32Array.of()],
    ["DATE", "DATE", BigInt64Array.of(), Float64Array.of()],
    ["DECIMAL128", "DECIMAL128", [], Float64Array.of()],
    ["CHAR", "STRING", [], []],
    ["INT96", "NULL", [], []],
    ["constructor", "NULL", [], []],
    ["NEWER", "NULL", [], []],
  ])("is of the metadata's type, %s, where no batch has values", (fieldType, type, exactArray, plainArray) => {
    const { exact, plain, json } = columnsOf(fieldType);
    expect([exact.type, plain.type, json.type]).toEqual([type, type, type]);
    expect([exact.toArray(), plain.toArray(), json.toArray()]).toEqual([exactArray, plainArray, []]);
    expect(columnsOf(fieldType, nothing).exact.toArray()).toHaveLength(2);
  });

  it.each([-1, 3, 0.5, Number.NaN])("has no row %d among three", (row) => {
    const { exact } = columnsOf("LONG", longs(1n, 2n), longs(3n));
    for (const read of [() => exact.get(row), () => exact.isNull(row)]) {
      const { code, message } = errorOf(read);
      expect([code, message]).toEqual(["INVALID_PARAMETER", `There is no row ${row} in a result of 3.`]);
    }
  });

  it("finds its rows over many batches", () => {
    const bounds = [0, 1, 4, 6, 13, 14, 15, 19];
    const values = Array.from({ length: 19 }, (_, row) => BigInt(row));
    const vectors = bounds.slice(1).map((to, index) => longs(...values.slice(bounds[index], to)));
    const { exact } = columnsOf("LONG", ...vectors);
    expect(values.map((_, row) => exact.get(row))).toEqual(values);
    expect(exact.toArray()).toEqual(BigInt64Array.from(values));
  });
});
