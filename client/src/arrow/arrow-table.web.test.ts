import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { openConnection } from "../../test/open-connection.ts";
import { type ThriftValue, thrift } from "../../test/thrift-writer.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { toArrowStream } from "./arrow-stream.ts";
import { toArrowTable } from "./arrow-table.ts";

function fieldsOf(...names: readonly string[]) {
  return names.map((name) => ({ name, type: "", zone: "", format: "" }));
}

const fields = fieldsOf("c");

function batchOf(vector: VectorParts): ResultBatch {
  return readResultBatch(chunkBytes([vector]), fields);
}

/** A column of a table over batches with one vector each. */
function columnOf(...vectors: readonly VectorParts[]) {
  const column = toArrowTable({ fields, batches: vectors.map(batchOf) }).getChildAt(0);
  if (column === undefined) throw new Error("no column");
  return column;
}

/** A vector of timestamps, of the type that the test wants to see. */
function moments(type: number, ...values: readonly bigint[]): VectorParts {
  return {
    type,
    size: values.length,
    data: [[16, thrift.struct([[1, thrift.list(10, values.map(thrift.i64))]])]],
  };
}

function decimals(values: readonly ThriftValue[], scale?: number): VectorParts {
  const list = thrift.list(11, values);
  const second = scale === undefined ? [] : [[2, thrift.i32(scale)] as const];
  return {
    type: vectorNumber.DECIMAL128,
    size: values.length,
    data: [[17, thrift.struct([[1, list], ...second])]],
  };
}

/** A decimal of 16 bytes. */
function integer(value: bigint): ThriftValue {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, value >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, value));
  return thrift.string(bytes);
}

describe("toArrowTable()", () => {
  it.each([
    ["LONG", longs(1n, 2n)],
    ["TIMESTAMP", moments(vectorNumber.TIMESTAMP, 1n, 2n)],
    ["TIMESTAMP_TZ", moments(vectorNumber.TIMESTAMP_TZ, 1n, 2n)],
    ["INTERVAL_DAY_SECOND", { ...longs(1n, 2n), type: vectorNumber.INTERVAL_DAY_SECOND }],
    ["LONG with nulls", { ...longs(1n, 2n), nulls: [true, false] }],
    ["constant LONG", { type: 6, size: 2, constant: true, data: [[11, thrift.struct([[1, thrift.i64(5n)]])]] }],
  ] satisfies [string, VectorParts][])("takes the array of a %s over without a copy", (_, vector) => {
    const batch = batchOf(vector);
    const own: unknown = batch.column(0).toArray();
    const { values } = toArrowTable({ fields, batches: [batch] }).getChildAt(0)?.data[0] ?? {};
    if (!(own instanceof BigInt64Array)) throw new Error("no array");
    expect([values?.buffer, values?.byteOffset, values?.length]).toEqual([own.buffer, own.byteOffset, own.length]);
    expect(values?.buffer).toBe(own.buffer);
  });

  it("makes its columns' values exact, or as it is told", () => {
    const batches = [batchOf(moments(vectorNumber.TIMESTAMP, 1_500n))];
    expect(toArrowTable({ fields, batches }).getChildAt(0)?.at(0)).toBe(1_500n);
    const extraction = { useDate: true, useBigIntTimestamp: false };
    expect(toArrowTable({ fields, batches }, { extraction }).getChildAt(0)?.at(0)).toEqual(new Date(1.5));
    const rows = toArrowTable({ fields, batches }, { extraction: { useProxy: true } }).toArray();
    expect(Object.keys(rows[0] ?? {})).toEqual([]);
  });

  it("names columns as row objects do, zones behind them all, and tells the engine's types", () => {
    const row = [longs(1n), longs(2n), moments(vectorNumber.TIMESTAMP_TZ, 3n), longs(4n)];
    const described = [
      { name: "", type: "" },
      { name: "a", type: "SHORT" },
      { name: "a", type: "TIMESTAMP_TZ" },
      { name: "a_2_zone", type: "LONG" },
    ].map((field) => ({ ...field, zone: "", format: "" }));
    const batches = [readResultBatch(chunkBytes(row), described)];
    const { schema, names } = toArrowTable({ fields: described, batches }, { zoneColumns: true });
    expect(names).toEqual(["column1", "a", "a_2", "a_2_zone", "a_2_zone_2"]);
    const types = schema.fields.map((field) => field.metadata?.get("e6data.type"));
    expect(types).toEqual(["LONG", "SHORT", "TIMESTAMP_TZ", "LONG", undefined]);
  });

  it("has no rows where there are none, of the types that the metadata says", () => {
    const empty = readResultBatch(new Uint8Array(), fields);
    for (const batches of [[], [empty]]) {
      const table = toArrowTable({ fields: [{ name: "c", type: "SHORT", zone: "", format: "" }], batches });
      expect([table.numRows, table.schema.fields[0]?.type]).toMatchObject([0, { bitWidth: 32 }]);
      expect(table.toArray()).toEqual([]);
    }
    expect(toArrowTable({ fields: [], batches: [] }).toArray()).toEqual([]);
  });

  it("refuses a column of two types", () => {
    const error = errorOf(() => columnOf(longs(1n, 2n), strings("a")));
    expect(error).toMatchObject({
      code: "UNSUPPORTED",
      message: 'From row 2 on the column "c" is of type STRING, which is another one to Arrow than before.',
    });
    // A type of nothing but nulls is none, and types that are one to Arrow are not two.
    const nulls: VectorParts = { type: vectorNumber.INTEGER, size: 1, constant: true, nulls: [true] };
    expect([...columnOf(nulls, longs(1n), nulls)]).toEqual([null, 1n, null]);
    expect([...columnOf(strings("a"), { ...strings("[1]"), type: vectorNumber.ARRAY })]).toEqual(["a", "[1]"]);
  });

  it.each([
    ["a byte that is none of UTF-8", [Uint8Array.of(0xff)]],
    ["a character cut at the end", ["é", Uint8Array.of(0xc3)]],
    ["a character that goes on in the next row", [Uint8Array.of(0xc3), Uint8Array.of(0xa9)]],
    ["a surrogate", [Uint8Array.of(0xed, 0xa0, 0x80)]],
  ] satisfies [string, (string | Uint8Array)[]][])("refuses a text with %s", (_, texts) => {
    const error = errorOf(() => columnOf(strings("ok", ...texts)));
    expect(error.code).toBe("MALFORMED_RESULT");
    expect(error.message).toMatch(/the text of row [12] is not UTF-8/);
    const bytes = columnOf({ ...strings(...texts), type: vectorNumber.BINARY });
    expect(bytes.length).toBe(texts.length);
  });

  it("takes nothing of what stands at null rows", () => {
    const column = columnOf({ ...strings("a", Uint8Array.of(0xff), "b"), nulls: [false, true, false] });
    expect(column.data[0]).toMatchObject({
      values: Uint8Array.of(0x61, 0x62),
      offsets: Int32Array.of(0, 1, 1, 2),
      validity: Uint8Array.of(0b101),
      nullCount: 1,
    });
    const junk = thrift.string(new Uint8Array(20).fill(0x7f));
    const beyond = integer(2n ** 127n - 1n);
    const numbers = columnOf({ ...decimals([junk, beyond, integer(1n)], 0), nulls: [true, true, false] });
    expect([...numbers]).toEqual([null, null, 1n]);
    expect(numbers.data[0]?.values).toEqual(BigUint64Array.of(0n, 0n, 0n, 0n, 1n, 0n));
    const wrong = { ...strings(Uint8Array.of(0xff), Uint8Array.of(0xff)), nulls: [true, false] };
    expect(errorOf(() => columnOf(wrong)).message).toContain("the text of row 1 is not UTF-8");
  });

  it("checks long texts beyond ASCII through and through, and takes a byte order mark for a character", () => {
    const long = `\uFEFF${"é".repeat(40_000)}`;
    expect([...columnOf(strings(long, "", "\uFEFF"))].map((text) => text.length)).toEqual([40_001, 0, 1]);
    const broken = new TextEncoder().encode(long);
    broken[broken.length - 1] = 0x41;
    expect(errorOf(() => columnOf(strings("é", broken))).message).toContain("row 1");
  });

  it("repeats a constant text, and refuses one that fills more than Arrow's offsets reach", () => {
    const constant = (text: string, size: number): VectorParts => ({
      type: vectorNumber.STRING,
      size,
      constant: true,
      data: [[15, thrift.struct([[1, thrift.string(text)]])]],
    });
    expect([...columnOf(constant("né", 5))]).toEqual(["né", "né", "né", "né", "né"]);
    expect([...columnOf(constant("", 2))]).toEqual(["", ""]);
    expect(errorOf(() => columnOf(constant("x".repeat(1024), 2 ** 21))).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("holds decimals of 38 digits, and refuses those of more", () => {
    const most = 10n ** 38n - 1n;
    expect([...columnOf(decimals([integer(most), integer(-most)], 5))]).toEqual([most, -most]);
    for (const value of [most + 1n, -most - 1n, 2n ** 127n - 1n, -(2n ** 127n)]) {
      expect(errorOf(() => columnOf(decimals([integer(0n), integer(value)], 5)))).toMatchObject({
        code: "UNSUPPORTED",
        message: 'Row 1 of the column "c" has a decimal that decimal128(38, 5) does not hold.',
      });
    }
  });

  it("gives decimals of several scales the largest, and none beyond 0 to 38", () => {
    const scaled = (...vectors: readonly VectorParts[]) => {
      const column = columnOf(...vectors);
      return ["scale" in column.type ? column.type.scale : undefined, [...column]];
    };
    expect(scaled(decimals([integer(5n)], 1), decimals([integer(125n)], 3))).toEqual([3, [500n, 125n]]);
    expect(scaled(decimals([integer(5n)], -2))).toEqual([0, [500n]]);
    expect(scaled(decimals([integer(500n)], 40))).toEqual([38, [5n]]);
    expect(errorOf(() => scaled(decimals([integer(50n)], 40))).code).toBe("UNSUPPORTED");
    const texts = ["1.5", "-2.25", "3e2"].map((text) => thrift.string(text));
    expect(scaled(decimals(texts))).toEqual([2, [150n, -225n, 30_000n]]);
    expect(errorOf(() => scaled(decimals([thrift.string("x")]))).code).toBe("MALFORMED_RESULT");
  });

  it("takes no scale of a column from what every object has", () => {
    const named = fieldsOf("constructor");
    const batches = [batchOf(decimals([integer(5n)], 1))];
    expect(toArrowTable({ fields: named, batches }).schema.fields[0]?.type).toMatchObject({ scale: 1 });
    const told = { decimalScales: { constructor: 3 } };
    expect(toArrowTable({ fields: named, batches }, told).getChildAt(0)?.at(0)).toBe(500n);
  });

  it.each([{ other: 2 }, { c: 39 }, { c: -1 }, { c: 1.5 }])("refuses the scales %o", (decimalScales) => {
    const batches = [batchOf(decimals([integer(5n)], 1))];
    expect(errorOf(() => toArrowTable({ fields, batches }, { decimalScales })).code).toBe("INVALID_OPTION");
  });

  it("takes a connection's result, and its stream, whose end the engine hears of", async () => {
    const { gateway, connection } = openConnection();
    const result = await connection.query("select c from t");
    expect([...(toArrowTable(result).getChildAt(0) ?? [])]).toEqual([5n, 5n, 5n]);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    await toArrowStream(stream).cancel();
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await connection.close();
  });
});
