import { describe, expect, expectTypeOf, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { thrift } from "../../test/thrift-writer.ts";
import type { Value } from "../wire/column.ts";
import { Decimal } from "../wire/decimal.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { Timestamp } from "../wire/timestamp.ts";
import type { Present } from "./column-reading.ts";
import type { JsonValue, PlainValue } from "./dialect.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";
import type { ExactColumn, PlainColumn } from "./result-column.ts";

/** A result of the named columns, of batches with a vector for each. */
function resultOf(names: readonly string[], ...batches: readonly (readonly VectorParts[])[]): QueryResult {
  const fields = names.map((name) => ({ name, type: "LONG", zone: "", format: "" }));
  return createQueryResult({
    fields,
    batches: batches.map((vectors) => readResultBatch(chunkBytes(vectors), fields)),
    queryId: "q1",
    strategy: "green",
  });
}

function moments(...micros: readonly bigint[]): VectorParts {
  const list = thrift.list(10, micros.map(thrift.i64));
  return { type: vectorNumber.TIMESTAMP, size: micros.length, data: [[16, thrift.struct([[1, list]])]] };
}

function decimals(scale: number, ...unscaled: readonly number[]): VectorParts {
  const list = thrift.list(
    11,
    unscaled.map((byte) => thrift.string(Uint8Array.of(byte))),
  );
  const data = thrift.struct([
    [1, list],
    [2, thrift.i32(scale)],
  ]);
  return { type: vectorNumber.DECIMAL128, size: unscaled.length, data: [[17, data]] };
}

const beyond = 2n ** 53n;

describe("QueryResult", () => {
  it("says what it is a result of", () => {
    const { queryId, strategy, rowCount, fields } = resultOf(["a"], [longs(1n, 2n)], [longs(3n)]);
    expect({ queryId, strategy, rowCount, names: fields.map(({ name }) => name) }).toEqual({
      queryId: "q1",
      strategy: "green",
      rowCount: 3,
      names: ["a"],
    });
  });

  it("reads anew with each call", () => {
    const result = resultOf(["a"], [longs(1n)]);
    const [first] = result.rows();
    first?.fill(null);
    expect(result.rows()).toEqual([[1n]]);
    expect(result.objects()).toEqual([{ a: 1n }]);
  });

  it("names columns in row objects and records by the same rule", () => {
    const result = resultOf(["a", "a", "", "__proto__"], [longs(1n), longs(2n), longs(3n), longs(4n)]);
    const keys = ["a", "a_2", "column3", "__proto__"];
    expect(Object.entries(result.objects()[0] ?? {})).toEqual(keys.map((key, index) => [key, BigInt(index + 1)]));
    expect(Object.keys(result.columnRecord())).toEqual(keys);
    expect(result.columns().map(({ name }) => name)).toEqual(keys);
    expect(result.columns().map(({ field }) => field.name)).toEqual(["a", "a", "", "__proto__"]);
  });

  it("gives row objects Object's own prototype, whatever the columns are called", () => {
    const [row] = resultOf(["__proto__"], [longs(1n)]).objects();
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.hasOwn(row ?? {}, "__proto__")).toBe(true);
  });

  it("refuses what the dialect plain would lose, in all four readings, and names column and row", () => {
    const result = resultOf(["a", "big"], [longs(1n, 2n), longs(0n, 1n)], [longs(3n, 4n), longs(0n, beyond)]);
    const plain = { dialect: "plain" } as const;
    for (const read of [
      () => result.rows(plain),
      () => result.objects(plain),
      () => result.columns(plain)[1]?.toArray(),
      () => result.columns(plain)[1]?.get(3),
      () => result.columnRecord(plain)["big"]?.toArray(),
    ]) {
      const { code, message, hint } = errorOf(read);
      expect([code, message]).toEqual([
        "PRECISION_LOSS",
        'Row 3 of the column "big" has a value that plain JavaScript would not hold exactly.',
      ]);
      expect(hint).toContain('lossy: "allow"');
      expect(message).not.toContain(String(beyond));
    }
    expect(result.columns(plain)[0]?.toArray()).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(result.columns(plain)[1]?.get(2)).toBe(0);
  });

  it("takes the nearest that there is where loss is allowed", () => {
    const result = resultOf(["a", "t"], [longs(beyond + 1n, -1n), moments(-1n, 2n ** 63n - 1n)]);
    const [first, second] = result.rows({ dialect: "plain", lossy: "allow" });
    expect(first).toEqual([2 ** 53, new Date(-1)]);
    expect(second?.[1]).toEqual(new Date(Number.NaN));
  });

  it("takes the options of the query where a reading has none of its own", () => {
    const fields = [{ name: "a", type: "LONG", zone: "", format: "" }];
    const batches = [readResultBatch(chunkBytes([longs(beyond)]), fields)];
    const options = { dialect: "plain", lossy: "allow" } as const;
    const result = createQueryResult({ fields, batches, queryId: "", strategy: "blue", options });
    expect(result.rows()).toEqual([[2 ** 53]]);
    expect(result.columns()[0]?.toArray()).toEqual(Float64Array.of(2 ** 53));
    expect(result.objects({ dialect: "json" })).toEqual([{ a: String(beyond) }]);
    expect(result.rows({ dialect: undefined, lossy: undefined })).toEqual([[2 ** 53]]);
    expect(errorOf(() => result.rows({ lossy: "refuse" })).code).toBe("PRECISION_LOSS");
    expectTypeOf(result.rows()).toEqualTypeOf<PlainValue[][]>();
    const convert = { types: { LONG: () => "converted" as const } };
    const converting = createQueryResult({ fields, batches, queryId: "", strategy: "blue", options: { convert } });
    expect(converting.rows()).toEqual([["converted"]]);
    expectTypeOf(converting.rows()).toEqualTypeOf<Value[][]>();
    expect(converting.rows({ convert: {} })).toEqual([[beyond]]);
  });

  it.each([{ dialect: "exakt" }, { lossy: "maybe" }])("refuses %j", (options) => {
    const result = resultOf(["a"], [longs(1n)]);
    for (const read of [() => result.rows(options as never), () => result.columns(options as never)]) {
      expect(errorOf(read).code).toBe("INVALID_OPTION");
    }
  });

  it("types its readings by the dialect", () => {
    const result = resultOf(["a"], [longs(1n)]);
    expectTypeOf(result.rows()).toEqualTypeOf<Value[][]>();
    expectTypeOf(result.rows({ lossy: "allow" })).toEqualTypeOf<Value[][]>();
    expectTypeOf(result.rows({ dialect: "plain" })).toEqualTypeOf<PlainValue[][]>();
    expectTypeOf(result.objects({ dialect: "json" })).toEqualTypeOf<Record<string, JsonValue>[]>();
    expectTypeOf(result.columns()).toEqualTypeOf<ExactColumn[]>();
    expectTypeOf(result.columnRecord({ dialect: "plain" })).toEqualTypeOf<Record<string, PlainColumn>>();
    const [column] = result.columns();
    if (column?.type === "LONG") expectTypeOf(column.toArray()).toEqualTypeOf<BigInt64Array>();
    const converted = result.rows({ dialect: "json", convert: { types: { LONG: (value) => ({ value }) } } });
    expectTypeOf(converted).toEqualTypeOf<(JsonValue | { value: bigint })[][]>();
  });
});

describe("ReadingOptions.convert", () => {
  const nulls = [false, true];
  const result = resultOf(
    ["price", "price", "at", "note"],
    [{ ...decimals(1, 15, 0), nulls }, decimals(2, 5, 6), moments(2000n, 1n), strings("x", "y")],
  );

  it("converts by type, and by the unique name of a column in place of it", () => {
    const convert = {
      types: { DECIMAL128: (value: Decimal) => `${value} EUR`, STRING: (value: string) => value.toUpperCase() },
      fields: { price_2: () => "second", none: () => "never" },
    };
    expect(result.rows({ convert })).toEqual([
      ["1.5 EUR", "second", new Timestamp(2000n), "X"],
      [null, "second", new Timestamp(1n), "Y"],
    ]);
    expect(result.columns({ convert }).map((column) => column.toArray())).toEqual([
      ["1.5 EUR", null],
      ["second", "second"],
      BigInt64Array.of(2000n, 1n),
      ["X", "Y"],
    ]);
    expect(result.columns({ convert })[0]?.get(0)).toBe("1.5 EUR");
    expect(result.columns({ convert })[0]?.get(1)).toBe(null);
  });

  it("hands the field and the dialect's own conversion to the caller's", () => {
    const seen: unknown[] = [];
    const rows = result.rows({
      dialect: "json",
      convert: {
        types: {
          DECIMAL128: (value, field, standard) => {
            seen.push([value, field.name]);
            return [standard(value)];
          },
        },
      },
    });
    expect(rows[0]).toEqual([["1.5"], ["0.05"], "1970-01-01T00:00:00.002Z", "x"]);
    expect(seen).toContainEqual([new Decimal(15n, 1), "price"]);
    // Nulls are not handed over.
    expect(seen).toHaveLength(3);
  });

  it("keeps the guard against loss in the conversion that it hands over", () => {
    const plain = {
      dialect: "plain",
      convert: {
        fields: { at: (value: Present, _: ResultField, standard: (value: Present) => unknown) => standard(value) },
      },
    } as const;
    const { code, message } = errorOf(() => result.rows(plain));
    expect([code, message.slice(0, 24)]).toEqual(["PRECISION_LOSS", 'Row 1 of the column "at"']);
    expect(errorOf(() => result.columns(plain)[2]?.toArray()).code).toBe("PRECISION_LOSS");
    expect(result.columns(plain)[2]?.get(0)).toEqual(new Date(2));
  });

  it("is not found in what objects inherit", () => {
    expect(resultOf(["toString"], [longs(1n)]).rows({ convert: { fields: {} } })).toEqual([[1n]]);
  });
});
