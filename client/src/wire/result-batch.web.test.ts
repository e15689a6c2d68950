import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber, vectorValue } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { structBytes, type ThriftFields, type ThriftValue, thrift } from "../../test/thrift-writer.ts";
import { readResultBatch } from "./result-batch.ts";
import type { ResultField } from "./result-metadata.ts";

const field: ResultField = { name: "c", type: "LONG", zone: "", format: "" };

function fields(count: number): ResultField[] {
  return new Array<ResultField>(count).fill(field);
}

/** Reads a batch of a single column. */
function readOne(vector: VectorParts, size?: number) {
  return readResultBatch(chunkBytes([vector], size), [field]).column(0);
}

/** What reading a batch of a single column is refused with. */
function refusal(vector: VectorParts, size?: number): string {
  const error = errorOf(() => readOne(vector, size));
  expect(error.code).toBe("MALFORMED_RESULT");
  expect(error.message).toMatch(/^Result batch is malformed at byte \d+: /);
  return error.message;
}

/** A vector of one row or constant, whose data are a single member of the union. */
function oneValue(type: number, member: number, data: ThriftValue, more: Partial<VectorParts> = {}): VectorParts {
  return { type, data: [[member, thrift.struct([[1, data]])]], ...more };
}

const chunk = [[1, thrift.i32(1)] as const, [2, thrift.list(12, [vectorValue(longs(5n))])] as const];

describe("readResultBatch()", () => {
  it("takes no bytes, or a chunk of size 0, for the end of the result", () => {
    for (const bytes of [new Uint8Array(), chunkBytes([], 0), structBytes([[1, thrift.i32(0)]])]) {
      const batch = readResultBatch(bytes, fields(2));
      expect([batch.rowCount, batch.columnCount, batch.rows()]).toEqual([0, 2, []]);
      expect(batch.column(1).toArray()).toHaveLength(0);
    }
  });

  it("keeps the types of vectors without rows", () => {
    const batch = readResultBatch(chunkBytes([longs(), strings()]), fields(2));
    expect(batch.rowCount).toBe(0);
    expect(batch.column(0).toArray()).toEqual(new BigInt64Array());
    expect(batch.column(1).type).toBe("STRING");
  });

  it("reads a part of a larger buffer", () => {
    const bytes = chunkBytes([longs(-2n), strings("é")]);
    const larger = new Uint8Array(bytes.length + 9).fill(0xff);
    larger.set(bytes, 5);
    expect(readResultBatch(larger.subarray(5, 5 + bytes.length), fields(2)).rows()).toEqual([[-2n, "é"]]);
  });

  it("takes the vector's type where the metadata say another", () => {
    expect(readOne(strings("a")).type).toBe("STRING");
    expect(readOne({ type: vectorNumber.NULL, size: 3, constant: true, nulls: [true] }).toArray()).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("refuses a row or a column that is not there", () => {
    const batch = readResultBatch(chunkBytes([longs(1n), { ...longs(2n), constant: false }]), fields(2));
    for (const row of [-1, 1, 0.5, Number.NaN]) {
      expect(errorOf(() => batch.column(0).get(row)).code).toBe("INVALID_PARAMETER");
      expect(errorOf(() => batch.column(0).isNull(row)).code).toBe("INVALID_PARAMETER");
    }
    for (const index of [-1, 2, 0.5]) expect(errorOf(() => batch.column(index)).code).toBe("INVALID_PARAMETER");
  });
});

describe("readResultBatch(), of fields that it does not know", () => {
  const unknown: [string, ThriftValue][] = [
    ["bool", thrift.bool(true)],
    ["byte", thrift.byte(1)],
    ["double", thrift.double(1)],
    ["i16", thrift.i16(1)],
    ["i32", thrift.i32(1)],
    ["i64", thrift.i64(1n)],
    ["string", thrift.string("é")],
    ["uuid", thrift.uuid()],
    ["struct", thrift.struct([[1, thrift.struct([[1, thrift.i64(1n)]])]])],
    ["list of fixed size", thrift.list(8, [thrift.i32(1), thrift.i32(2)])],
    ["list of structs", thrift.list(12, [thrift.struct([]), thrift.struct([[7, thrift.string("x")]])])],
    ["empty list without a type", thrift.list(0, [])],
    ["set", thrift.set(11, [thrift.string("a"), thrift.string("b")])],
    ["map", thrift.map(thrift.string("k"), thrift.list(2, [thrift.bool(false)]))],
    ["map of fixed size", thrift.map(thrift.i32(1), thrift.double(2))],
    ["empty map without types", { type: 13, bytes: [0, 0, 0, 0, 0, 0] }],
  ];

  it.each(unknown)("skips a %s in the chunk, the vector, the union and its struct", (_, value) => {
    const list = thrift.list(10, [thrift.i64(5n)]);
    const data = thrift.struct([
      [90, value],
      [
        3,
        thrift.struct([
          [90, value],
          [1, list],
          [91, value],
        ]),
      ],
      [91, value],
    ]);
    const vector = thrift.struct([
      [-1, value],
      [5, thrift.bool(false)],
      [4, data],
      [2, thrift.i32(vectorNumber.LONG)],
      [1, thrift.i32(1)],
      [6, thrift.string("+01:00")],
      [32_767, value],
    ]);
    const bytes = structBytes([
      [90, value],
      [2, thrift.list(12, [vector])],
      [1, thrift.i32(1)],
      [91, value],
    ]);
    expect(readResultBatch(bytes, [field]).rows()).toEqual([[5n]]);
    for (let length = 1; length < bytes.length; length++) {
      expect(errorOf(() => readResultBatch(bytes.subarray(0, length), [field])).code).toBe("MALFORMED_RESULT");
    }
  });

  it.each<[string, ThriftValue, RegExp]>([
    ["a type that Thrift has not", { type: 99, bytes: [0] }, /99 is not the number of a Thrift type/],
    ["a list of such a type", thrift.list(99, [thrift.bool(true)]), /99 is not the number of a Thrift type/],
    ["a string of negative length", thrift.string("", -1), /the length of a string is negative/],
    ["a string that is longer than the input", thrift.string("", 2 ** 31 - 1), /a string takes 2147483647 bytes/],
    ["a list that is longer than the input", thrift.list(12, [], 2 ** 31 - 1), /states 2147483647 entries/],
    ["a map that is longer than the input", thrift.map(thrift.i64(1n), thrift.i64(1n), 1000), /states 1000 entries/],
  ])("refuses %s", (_, value, message) => {
    const error = errorOf(() => readResultBatch(structBytes([[90, value], ...chunk]), [field]));
    expect(error.code).toBe("MALFORMED_RESULT");
    expect(error.message).toMatch(message);
  });

  it("refuses nesting that is deeper than the limit", () => {
    let nested = thrift.bool(true);
    for (let level = 0; level < 10; level++)
      nested = level % 2 ? thrift.struct([[1, nested]]) : thrift.list(nested.type, [nested]);
    const bytes = structBytes([[90, nested], ...chunk]);
    expect(readResultBatch(bytes, [field], { maxDepth: 10 }).rowCount).toBe(1);
    expect(errorOf(() => readResultBatch(bytes, [field], { maxDepth: 9 })).message).toMatch(
      /deeper than the limit maxDepth/,
    );
  });

  it("refuses a thousand levels before the stack ends", () => {
    const bytes = structBytes([[90, { type: 12, bytes: new Array<number[]>(100_000).fill([12, 0, 1]).flat() }]]);
    expect(errorOf(() => readResultBatch(bytes, [field], { maxDepth: 1024 })).message).toMatch(/maxDepth/);
  });
});

describe("readResultBatch(), of sizes that disagree", () => {
  it.each<[string, VectorParts, number | undefined, RegExp]>([
    ["vector and chunk", longs(1n, 2n), 3, /column 0 has 2 rows in a batch of 3/],
    ["values and vector", { ...longs(1n, 2n), size: 3 }, 3, /has 2 values for 3 rows/],
    ["nulls and vector", { ...longs(1n, 2n), nulls: [false] }, 2, /nullSet of column 0 has 1 entries for 2 rows/],
    ["a negative size", { ...longs(1n), size: -1 }, -1, /size is negative/],
    [
      "nulls and a constant",
      oneValue(vectorNumber.LONG, 11, thrift.i64(1n), { size: 2, constant: true, nulls: [false, false] }),
      2,
      /nullSet of column 0 has 2 entries for a constant/,
    ],
  ])("refuses %s", (_, vector, size, message) => {
    expect(refusal(vector, size)).toMatch(message);
  });

  it("refuses another number of vectors than the result has columns", () => {
    const bytes = chunkBytes([longs(1n), longs(2n)]);
    for (const count of [0, 1, 3]) {
      expect(errorOf(() => readResultBatch(bytes, fields(count))).message).toMatch(/2 vectors, but the result has/);
    }
    expect(errorOf(() => readResultBatch(chunkBytes([], 1), fields(1))).message).toMatch(
      /0 vectors, but the result has 1/,
    );
  });

  it("refuses counts that the input cannot hold, whatever they count", () => {
    const huge = 2 ** 31 - 1;
    const member = (id: number, list: ThriftValue): ThriftFields => [[id, thrift.struct([[1, list]])]];
    for (const [type, id, element] of [
      [vectorNumber.LONG, 3, 10],
      [vectorNumber.STRING, 7, 11],
      [vectorNumber.BOOLEAN, 1, 2],
    ] as const) {
      expect(refusal({ type, size: huge, data: member(id, thrift.list(element, [], huge)) })).toMatch(
        /states 2147483647 entries/,
      );
    }
    const noVectors = structBytes([
      [1, thrift.i32(1)],
      [2, thrift.list(12, [], huge)],
    ]);
    expect(errorOf(() => readResultBatch(noVectors, fields(1))).message).toMatch(/states 2147483647 entries/);
  });

  it("refuses more rows than the limit, also where constants make them free", () => {
    const constant = oneValue(vectorNumber.LONG, 11, thrift.i64(1n), { size: 2 ** 31 - 1, constant: true });
    expect(refusal(constant)).toMatch(/2147483647 rows, past the limit maxRows of 16777216/);
    const bytes = chunkBytes([{ ...constant, size: 3 }]);
    expect(readResultBatch(bytes, [field], { maxRows: 3 }).column(0).toArray()).toEqual(BigInt64Array.of(1n, 1n, 1n));
    expect(errorOf(() => readResultBatch(bytes, [field], { maxRows: 2 })).code).toBe("MALFORMED_RESULT");
  });

  it("refuses more bytes than the limit", () => {
    const bytes = chunkBytes([longs(1n)]);
    expect(readResultBatch(bytes, [field], { maxBytes: bytes.length }).rowCount).toBe(1);
    expect(errorOf(() => readResultBatch(bytes, [field], { maxBytes: bytes.length - 1 })).message).toMatch(
      /past the limit maxBytes/,
    );
  });
});

describe("readResultBatch(), of parts that do not fit", () => {
  const { LONG, INTEGER, BOOLEAN, INT96, STRING, DECIMAL128, TIMESTAMP_TZ } = vectorNumber;

  it.each<[string, VectorParts, RegExp]>([
    ["a type without data", { type: LONG }, /LONG vector of column 0 has no data/],
    ["data of an unknown form alone", oneValue(LONG, 99, thrift.i64(1n)), /has no data that this client knows/],
    [
      "data of another type",
      { ...strings("a"), type: LONG },
      /the LONG vector of column 0 has VarcharData, not Int64Data/,
    ],
    ["a list in a constant", { ...longs(1n), constant: true }, /has Int64Data, not NumericConstantData/],
    ["a constant in a list", oneValue(LONG, 11, thrift.i64(1n)), /has NumericConstantData, not Int64Data/],
    ["a form without values", { type: LONG, data: [[3, thrift.struct([])]] }, /Int64Data has no data/],
    [
      "two forms at once",
      { type: LONG, data: [...(longs(1n).data ?? []), ...(longs(1n).data ?? [])] },
      /Int64Data follows Int64Data/,
    ],
    ["elements of another type", oneValue(LONG, 3, thrift.list(8, [thrift.i32(1)])), /is a i32, not a i64/],
    ["values of another type", oneValue(LONG, 3, thrift.i64(1n)), /Int64Data.data is a i64, not a list/],
    ["a form of another type", { type: LONG, data: [[3, thrift.i32(1)]] }, /Int64Data is a i32, not a struct/],
    ["a bool that is 2", oneValue(BOOLEAN, 1, thrift.list(2, [thrift.bool(2)])), /a bool is 2, neither 0 nor 1/],
    ["a null that is 2", { ...longs(1n, 2n, 3n, 4n, 5n), nulls: [0, 0, 2, 0, 1] }, /a bool is 2, neither 0 nor 1/],
    [
      "a null that is 255, as the first of four",
      { ...longs(1n, 2n, 3n, 4n), nulls: [255, 0, 0, 0] },
      /a bool is 255, neither 0 nor 1/,
    ],
    ["a null that is 255, as the last of few", { ...longs(1n), nulls: [255] }, /a bool is 255, neither 0 nor 1/],
    [
      "a constant INTEGER beyond 32 bits",
      oneValue(INTEGER, 11, thrift.i64(2n ** 31n), { constant: true }),
      /2147483648, is beyond 32 bits/,
    ],
    [
      "a text that is longer than the input",
      oneValue(STRING, 7, thrift.list(11, [thrift.string("", 40)])),
      /entry 0 of VarcharData.data is longer/,
    ],
    [
      "a text of negative length",
      oneValue(STRING, 7, thrift.list(11, [thrift.string("", -4)])),
      /entry 0 of VarcharData.data is longer/,
    ],
    [
      "a decimal of 17 bytes",
      {
        type: DECIMAL128,
        data: [
          [
            17,
            thrift.struct([
              [1, thrift.list(11, [thrift.string(new Uint8Array(17))])],
              [2, thrift.i32(0)],
            ]),
          ],
        ],
      },
      /a decimal of 17 bytes, not 1 to 16/,
    ],
    [
      "a decimal of no bytes",
      {
        type: DECIMAL128,
        data: [
          [
            17,
            thrift.struct([
              [1, thrift.list(11, [thrift.string("")])],
              [2, thrift.i32(0)],
            ]),
          ],
        ],
      },
      /a decimal of 0 bytes, not 1 to 16/,
    ],
    [
      "a scale that would become a text of gigabytes",
      {
        type: DECIMAL128,
        data: [
          [
            17,
            thrift.struct([
              [1, thrift.list(11, [thrift.string("a")])],
              [2, thrift.i32(-(2 ** 31))],
            ]),
          ],
        ],
      },
      /the scale of column 0 is -2147483648, past 1000/,
    ],
    [
      "another number of zones than of moments",
      {
        type: TIMESTAMP_TZ,
        data: [
          [
            16,
            thrift.struct([
              [1, thrift.list(10, [thrift.i64(0n)])],
              [2, thrift.list(11, [thrift.string("Z"), thrift.string("Z")])],
            ]),
          ],
        ],
      },
      /2 zones for 1 values/,
    ],
  ])("refuses %s", (_, vector, message) => {
    expect(refusal(vector)).toMatch(message);
  });

  it.each<[string, ThriftValue[], RegExp]>([
    ["a vector without a size", [thrift.struct([[2, thrift.i32(LONG)]])], /the vector of column 0 has no size/],
    ["a vector without a type", [thrift.struct([[1, thrift.i32(1)]])], /the vector of column 0 has no type/],
    ["a size of another type", [thrift.struct([[1, thrift.i64(1n)]])], /a vector's size is a i64, not a i32/],
    ["a flag that is 7", [thrift.struct([[5, thrift.bool(7)]])], /isConstantVector is 7, neither 0 nor 1/],
  ])("refuses %s", (_, vectors, message) => {
    const bytes = structBytes([
      [1, thrift.i32(1)],
      [2, thrift.list(12, vectors)],
    ]);
    expect(errorOf(() => readResultBatch(bytes, [field])).message).toMatch(message);
  });

  it("refuses a chunk without a size", () => {
    expect(errorOf(() => readResultBatch(structBytes([]), [])).message).toMatch(/it has no size/);
  });

  it.each([
    [INT96, /of vector type INT96/, /cast the column to TIMESTAMP/],
    [18, /of vector type 18/, /newer than this client/],
    [-1, /of vector type -1/, /newer than this client/],
  ])("cannot read vector type %s, and says so", (type, message, hint) => {
    const error = errorOf(() => readOne({ ...longs(1n), type }));
    expect(error.code).toBe("UNSUPPORTED");
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("never tells what a value was", () => {
    const secret = "hunter2";
    const noDecimal: VectorParts = {
      ...strings(secret),
      type: DECIMAL128,
      data: [[17, thrift.struct([[1, thrift.list(11, [thrift.string(secret)])]])]],
    };
    const error = errorOf(() => readOne(noDecimal).get(0));
    expect(error.message).toMatch(/byte \d+: the text of row 0 is no decimal/);
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain(secret);
  });
});
