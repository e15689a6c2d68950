import { describe, expect, it } from "vitest";
import { chunkBytes, longs, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { type ThriftValue, thrift } from "../../test/thrift-writer.ts";
import { CalendarDate } from "./calendar-date.ts";
import type { Column } from "./column.ts";
import { Decimal } from "./decimal.ts";
import { Interval } from "./interval.ts";
import { type ResultBatch, readResultBatch } from "./result-batch.ts";
import { Timestamp } from "./timestamp.ts";

function readBatch(...vectors: readonly VectorParts[]): ResultBatch {
  return readResultBatch(
    chunkBytes(vectors),
    vectors.map(() => ({ name: "", type: "", zone: "", format: "" })),
  );
}

function readColumn(vector: VectorParts): Column {
  return readBatch(vector).column(0);
}

function constant(type: number, member: number, data: ThriftValue, second?: ThriftValue): VectorParts {
  const fields = second
    ? ([
        [1, data],
        [2, second],
      ] as const)
    : ([[1, data]] as const);
  return { type, size: 2, constant: true, nulls: [false], data: [[member, thrift.struct(fields)]] };
}

const zero = thrift.i64(0n);

describe("Column.toArray()", () => {
  it("has 0 where null, whatever the bytes hold there", () => {
    const nulls = [false, true, false];
    const doubles = thrift.list(4, [1.5, 2.5, -0].map(thrift.double));
    const member = (id: number, list: ThriftValue) => ({
      size: 3,
      nulls,
      data: [[id, thrift.struct([[1, list]])]] as const,
    });
    const batch = readBatch(
      { ...longs(1n, 2n, 3n), nulls },
      { type: vectorNumber.INTEGER, ...member(2, thrift.list(8, [1, 2, 3].map(thrift.i32))) },
      { type: vectorNumber.DOUBLE, ...member(6, doubles) },
      { type: vectorNumber.FLOAT, ...member(5, doubles) },
      {
        type: vectorNumber.BOOLEAN,
        ...member(1, thrift.list(2, [thrift.bool(true), thrift.bool(true), thrift.bool(false)])),
      },
      { type: vectorNumber.DATE, ...member(4, thrift.list(10, [1n, 2n, 3n].map(thrift.i64))) },
    );
    expect(Array.from({ length: 6 }, (_, index) => batch.column(index).toArray())).toEqual([
      BigInt64Array.of(1n, 0n, 3n),
      Int32Array.of(1, 0, 3),
      Float64Array.of(1.5, 0, -0),
      Float32Array.of(1.5, 0, -0),
      Uint8Array.of(1, 0, 0),
      BigInt64Array.of(1n, 0n, 3n),
    ]);
    expect(batch.rows()[1]).toEqual([null, null, null, null, null, null]);
  });

  it("is made once", () => {
    const column = readColumn(longs(1n));
    expect(column.toArray()).toBe(column.toArray());
  });

  it("does not depend on the bytes any more", () => {
    const bytes = chunkBytes([longs(1n)]);
    const array = readResultBatch(bytes, [{ name: "", type: "", zone: "", format: "" }])
      .column(0)
      .toArray();
    bytes.fill(0xff);
    expect(array).toEqual(BigInt64Array.of(1n));
  });
});

describe("Column.get()", () => {
  it("rounds FLOAT to a float, as toArray() does", () => {
    const column = readColumn({
      type: vectorNumber.FLOAT,
      data: [[5, thrift.struct([[1, thrift.list(4, [thrift.double(0.1)])]])]],
    });
    expect([column.get(0), column.toArray()[0]]).toEqual([Math.fround(0.1), Math.fround(0.1)]);
  });

  it("gives BINARY as a copy", () => {
    const bytes = chunkBytes([
      { type: vectorNumber.BINARY, data: [[7, thrift.struct([[1, thrift.list(11, [thrift.string("ab")])]])]] },
    ]);
    const value = readResultBatch(bytes, [{ name: "", type: "", zone: "", format: "" }])
      .column(0)
      .get(0);
    bytes.fill(0);
    expect(value).toEqual(Uint8Array.of(0x61, 0x62));
  });
});

describe("a constant column", () => {
  it("of no rows has an array of none, whatever its bytes hold", () => {
    const { STRING, DECIMAL128 } = vectorNumber;
    const noText = {
      size: 0,
      constant: true,
      data: [[15, thrift.struct([[1, thrift.string(Uint8Array.of(255))]])]],
    } as const;
    const noDecimal = { size: 0, constant: true, data: [[18, thrift.struct([[1, thrift.string("?")]])]] } as const;
    expect(readColumn({ type: STRING, ...noText }).toArray()).toEqual([]);
    expect(readColumn({ type: DECIMAL128, ...noDecimal }).toArray()).toEqual([]);
  });

  const { LONG, INTEGER, DOUBLE, FLOAT, BOOLEAN, STRING, BINARY, DATE, TIMESTAMP_TZ, DECIMAL128, INTERVAL_DAY_SECOND } =
    vectorNumber;

  it.each<[string, VectorParts, unknown, ArrayLike<unknown>]>([
    ["LONG", constant(LONG, 11, thrift.i64(-(2n ** 63n))), -(2n ** 63n), BigInt64Array.of(-(2n ** 63n), -(2n ** 63n))],
    ["INTEGER", constant(INTEGER, 11, thrift.i64(-(2n ** 31n))), -(2 ** 31), Int32Array.of(-(2 ** 31), -(2 ** 31))],
    ["DOUBLE", constant(DOUBLE, 12, thrift.double(-0)), -0, Float64Array.of(-0, -0)],
    ["FLOAT", constant(FLOAT, 12, thrift.double(1.5)), 1.5, Float32Array.of(1.5, 1.5)],
    ["BOOLEAN", constant(BOOLEAN, 8, thrift.bool(true)), true, Uint8Array.of(1, 1)],
    ["STRING", constant(STRING, 15, thrift.string("é")), "é", ["é", "é"]],
    [
      "BINARY",
      constant(BINARY, 15, thrift.string(Uint8Array.of(255))),
      Uint8Array.of(255),
      [Uint8Array.of(255), Uint8Array.of(255)],
    ],
    ["DATE", constant(DATE, 9, thrift.i64(1n)), new CalendarDate(1n), BigInt64Array.of(1n, 1n)],
    [
      "INTERVAL_DAY_SECOND",
      constant(INTERVAL_DAY_SECOND, 11, thrift.i64(1n)),
      new Interval(1n),
      BigInt64Array.of(1n, 1n),
    ],
    [
      "TIMESTAMP_TZ",
      constant(TIMESTAMP_TZ, 14, zero, thrift.string("+01:00")),
      new Timestamp(0n, "+01:00"),
      BigInt64Array.of(0n, 0n),
    ],
    [
      "DECIMAL128",
      constant(DECIMAL128, 18, thrift.string(Uint8Array.of(0xff)), thrift.i32(1)),
      new Decimal(-1n, 1),
      [new Decimal(-1n, 1), new Decimal(-1n, 1)],
    ],
  ])("of %s has its value in every row", (_, vector, value, array) => {
    const column = readColumn(vector);
    expect([column.get(0), column.get(1), column.isNull(1)]).toEqual([value, value, false]);
    expect(column.toArray()).toEqual(array);
    expect(readBatch(vector).rows()).toEqual([[value], [value]]);
  });

  it.each(Object.entries(vectorNumber).filter(([name]) => name !== "INT96"))(
    "of %s may be null in any form, or in none",
    (_, type) => {
      for (const data of [
        [[10, thrift.struct([[1, thrift.byte(0)]])]],
        [[15, thrift.struct([[1, thrift.string("x")]])]],
        undefined,
      ] as const) {
        const vector: VectorParts = { type, size: 2, constant: true, nulls: [true], ...(data && { data }) };
        const column = readColumn(vector);
        expect([column.get(0), column.get(1), column.isNull(1)]).toEqual([null, null, true]);
        expect(readBatch(vector).rows()).toEqual([[null], [null]]);
        for (const item of column.toArray()) expect(item === null || Number(item) === 0).toBe(true);
        expect(column.toArray()).toHaveLength(2);
      }
    },
  );
});

describe("a column of timestamps", () => {
  const moments = thrift.list(10, [zero, zero]);
  const zoned = (type: number, zones: ThriftValue): VectorParts => ({
    type,
    size: 2,
    nulls: [false, true],
    data: [
      [
        16,
        thrift.struct([
          [1, moments],
          [2, zones],
        ]),
      ],
    ],
  });

  it("keeps each row's zone, and looks at none of a null row", () => {
    const zones = thrift.list(11, [thrift.string("+01:00"), thrift.string(Uint8Array.of(0xff))]);
    for (const type of [vectorNumber.TIMESTAMP_TZ, vectorNumber.TIMESTAMP, vectorNumber.DATETIME]) {
      expect(readColumn(zoned(type, zones)).get(0)).toEqual(new Timestamp(0n, "+01:00"));
      expect(readBatch(zoned(type, zones)).rows()).toEqual([[new Timestamp(0n, "+01:00")], [null]]);
    }
  });

  it("takes an empty list of zones for none", () => {
    expect(readColumn(zoned(vectorNumber.TIMESTAMP_TZ, thrift.list(11, []))).get(0)).toEqual(new Timestamp(0n, null));
  });
});

describe("ResultBatch.rows()", () => {
  it("gathers more rows than it does at once", () => {
    const count = 1000;
    const values = Array.from({ length: count }, (_, row) => BigInt(row));
    const list = thrift.list(
      11,
      values.map((value) => thrift.string(`n${value}`)),
    );
    const texts: VectorParts = { type: vectorNumber.STRING, size: count, data: [[7, thrift.struct([[1, list]])]] };
    const rows = readBatch(longs(...values), texts, { type: vectorNumber.NULL, size: count, constant: true }).rows();
    expect(rows).toEqual(values.map((value) => [value, `n${value}`, null]));
  });

  it("gathers the rows that are asked for", () => {
    const batch = readBatch(longs(...Array.from({ length: 300 }, (_, row) => BigInt(row))));
    expect(batch.rows(298)).toEqual([[298n], [299n]]);
    expect(batch.rows(126, 130)).toEqual([[126n], [127n], [128n], [129n]]);
    expect(batch.rows(0, 1)).toEqual([[0n]]);
    expect(batch.rows(300, 300)).toEqual([]);
  });

  it.each([
    [-1, 1],
    [2, 1],
    [0, 3],
    [0.5, 1],
    [0, Number.NaN],
  ])("refuses the rows %d to %d of two", (from, to) => {
    expect(() => readBatch(longs(1n, 2n)).rows(from, to)).toThrow(
      expect.objectContaining({
        code: "INVALID_PARAMETER",
        message: expect.stringContaining(`no rows ${from} to ${to}`),
      }),
    );
  });
});
