import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { vectorCases } from "../../test/vectors.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { readResultMetadata } from "../wire/result-metadata.ts";
import { createRowReader } from "./row-reader.ts";

const fields = ["n", "s"].map((name) => ({ name, type: "", zone: "", format: "" }));

function batchOf(numbers: readonly bigint[], texts: readonly string[]) {
  return readResultBatch(chunkBytes([longs(...numbers), strings(...texts)]), fields);
}

describe("createRowReader()", () => {
  it.each([...vectorCases.keys()])("reads %s row by row as at once", (name) => {
    const { metadata, batches } = vectorCases.get(name)?.result ?? { metadata: new Uint8Array(), batches: [] };
    const described = readResultMetadata(metadata).fields;
    const read = batches.map((bytes) => readResultBatch(bytes, described));
    for (const options of [{ dialect: "exact" }, { dialect: "plain", lossy: "allow" }, { dialect: "json" }] as const) {
      const reader = createRowReader(described, options);
      const rows = read.map((batch) => reader.rows(batch));
      expect(read.map((batch) => [...reader.iterate(batch)])).toEqual(rows);
      const objects = read.map((batch) => reader.objects(batch));
      expect(read.map((batch) => [...reader.iterateObjects(batch)])).toEqual(objects);
    }
  });

  it("makes a row when it is asked for, and names the one that it cannot make by its place in the result", () => {
    const reader = createRowReader(fields, { dialect: "plain" });
    expect([...reader.iterate(batchOf([1n, 2n], ["a", "b"]))]).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    const rows = reader.iterate(batchOf([3n, 2n ** 53n], ["c", "d"]))[Symbol.iterator]();
    expect(rows.next().value).toEqual([3, "c"]);
    expect(errorOf(() => rows.next()).message).toContain('Row 3 of the column "n"');
  });

  it("names a row behind those that are made together", () => {
    const reader = createRowReader(fields, { dialect: "plain" });
    const numbers = Array.from({ length: 1000 }, (_, row) => (row === 700 ? 2n ** 53n : BigInt(row)));
    const batch = batchOf(
      numbers,
      numbers.map((number) => `n${number}`),
    );
    const read: unknown[] = [];
    const error = errorOf(() => {
      for (const row of reader.iterate(batch)) read.push(row);
    });
    expect(read).toEqual(Array.from({ length: 700 }, (_, row) => [row, `n${row}`]));
    expect(error.message).toContain('Row 700 of the column "n"');
  });

  it.each(["rows", "objects", "iterate", "iterateObjects"] as const)("counts the rows that %s() read", (name) => {
    const reader = createRowReader(fields, { dialect: "plain" });
    expect([...reader[name](batchOf([1n, 2n], ["a", "b"]))]).toHaveLength(2);
    expect(errorOf(() => [...reader[name](batchOf([2n ** 53n], ["c"]))]).message).toContain('Row 2 of the column "n"');
  });
});
