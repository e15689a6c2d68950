import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { thrift } from "../../test/thrift-writer.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import type { Dialect } from "./dialect.ts";
import { type NdjsonOptions, toNdjson } from "./ndjson.ts";

function linesOf(
  names: readonly string[],
  vectors: readonly VectorParts[],
  options?: NdjsonOptions<Dialect>,
): Promise<string> {
  const fields = names.map((name) => ({ name, type: "", zone: "", format: "" }));
  return new Response(toNdjson([readResultBatch(chunkBytes(vectors), fields)], fields, options)).text();
}

function doubles(...values: readonly number[]): VectorParts {
  const list = thrift.list(4, values.map(thrift.double));
  return { type: vectorNumber.DOUBLE, size: values.length, data: [[6, thrift.struct([[1, list]])]] };
}

/** 10^18 + 1, of which `scale` digits stand after the point. */
function decimal(scale: number): VectorParts {
  const unscaled = Uint8Array.of(0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x64, 0x00, 0x01);
  const data = thrift.struct([
    [1, thrift.list(11, [thrift.string(unscaled)])],
    [2, thrift.i32(scale)],
  ]);
  return { type: vectorNumber.DECIMAL128, data: [[17, data]] };
}

describe("toNdjson()", () => {
  it("writes names in the columns' order, made unique, whatever they are", async () => {
    const names = ["b", "1", "b", "__proto__", 'q"\n'];
    expect(
      await linesOf(
        names,
        names.map((_, index) => longs(BigInt(index))),
      ),
    ).toBe('{"b":"0","1":"1","b_2":"2","__proto__":"3","q\\"\\n":"4"}\n');
  });

  it("writes arrays if asked to", async () => {
    expect(await linesOf(["a", "b"], [longs(1n, 2n), strings("x", "y")], { lines: "arrays" })).toBe(
      '["1","x"]\n["2","y"]\n',
    );
  });

  it("writes integers and decimals with all their digits, as texts, as numbers, or not at all", async () => {
    const vectors = [longs(2n ** 63n - 1n), decimal(2)];
    expect(await linesOf(["n", "d"], vectors)).toBe('{"n":"9223372036854775807","d":"10000000000000000.01"}\n');
    expect(await linesOf(["n"], [longs(1n)], { dialect: undefined })).toBe('{"n":"1"}\n');
    expect(await linesOf(["n", "d"], vectors, { dialect: "exact" })).toBe(
      '{"n":9223372036854775807,"d":10000000000000000.01}\n',
    );
    await expect(linesOf(["n", "d"], vectors, { dialect: "plain" })).rejects.toMatchObject({ code: "PRECISION_LOSS" });
    expect(await linesOf(["n"], [longs(-7n)], { dialect: "plain" })).toBe('{"n":-7}\n');
  });

  it("writes numbers that JSON has none for as texts, and the sign of zero, in every dialect", async () => {
    const vectors = [doubles(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e21, 5e-324)];
    for (const dialect of ["exact", "plain", "json"] as const) {
      expect(await linesOf(["x"], vectors, { dialect, lines: "arrays" })).toBe(
        '["NaN"]\n["Infinity"]\n["-Infinity"]\n[-0]\n[1e+21]\n[5e-324]\n',
      );
    }
  });

  it("writes bytes as base64 in every dialect", async () => {
    for (const dialect of ["exact", "plain", "json"] as const) {
      const binary = { ...strings(Uint8Array.of(0xfb, 0xff)), type: vectorNumber.BINARY };
      expect(await linesOf(["x"], [binary], { dialect })).toBe('{"x":"+/8="}\n');
    }
  });

  it("writes what the caller's conversions make, and null for what JSON has not", async () => {
    const convert = { fields: { a: () => ({ deep: [1] }), b: () => undefined, c: () => new Date(0) } };
    expect(await linesOf(["a", "b", "c"], [longs(1n), longs(1n), longs(1n)], { convert })).toBe(
      '{"a":{"deep":[1]},"b":null,"c":"1970-01-01T00:00:00.000Z"}\n',
    );
  });

  it.each([{ lines: "array" }, { dialect: "exakt" }, { lossy: true }])("refuses %j", (options) => {
    expect(errorOf(() => toNdjson([], [], options as never)).code).toBe("INVALID_OPTION");
  });
});
