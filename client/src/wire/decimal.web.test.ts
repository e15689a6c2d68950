import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "./decimal.ts";
import { parseDecimal, readDecimal } from "./decimal-reader.ts";

describe("Decimal.toString()", () => {
  it.each([
    [0n, 0, "0"],
    [0n, 2, "0.00"],
    [0n, -3, "0"],
    [5n, 0, "5"],
    [5n, -3, "5000"],
    [-5n, 7, "-0.0000005"],
    [-12345n, 2, "-123.45"],
    [150n, 2, "1.50"],
    [10n ** 38n - 1n, 38, `0.${"9".repeat(38)}`],
    [-(2n ** 127n), 0, "-170141183460469231731687303715884105728"],
  ])("writes %s with scale %s as %s", (unscaled, scale, text) => {
    expect(new Decimal(unscaled, scale).toString()).toBe(text);
  });

  it("is what JSON gets, so that no digit is lost", () => {
    expect(JSON.stringify({ price: new Decimal(12345678901234567890n, 2) })).toBe('{"price":"123456789012345678.90"}');
  });
});

describe("Decimal.toNumber()", () => {
  it("gives the nearest double", () => {
    expect(new Decimal(1n, 1).toNumber()).toBe(0.1);
    expect(new Decimal(-(10n ** 38n), 0).toNumber()).toBe(-1e38);
  });
});

describe("parseDecimal()", () => {
  it.each([
    ["123.45", 12345n, 2],
    ["-5E-7", -5n, 7],
    ["1.50", 150n, 2],
    ["+7", 7n, 0],
    [".5", 5n, 1],
    ["5.", 5n, 0],
    ["1.25e+3", 125n, -1],
    ["-0", 0n, 0],
  ])("reads %s", (text, unscaled, scale) => {
    expect(parseDecimal(text)).toEqual(new Decimal(unscaled, scale));
  });

  it.each([
    "",
    ".",
    "-",
    "NaN",
    "Infinity",
    "1 ",
    "1e",
    "0x1",
    "1_000",
    "٣",
    "1E1001",
    "1E-1001",
    "1E99999999999",
    "1".repeat(4000),
  ])("finds no decimal in '%s'", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it("reads what toString() writes", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 127n), 2n ** 127n - 1n), fc.integer({ min: 0, max: 40 }), (unscaled, scale) => {
        expect(parseDecimal(new Decimal(unscaled, scale).toString())).toEqual(new Decimal(unscaled, scale));
      }),
    );
  });
});

describe("readDecimal()", () => {
  it.each([
    [[0x00], 0n],
    [[0x7f], 127n],
    [[0x80], -128n],
    [[0xff, 0x7f], -129n],
    [[0x00, 0x80], 128n],
    [[0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], 2n ** 64n],
    [new Array<number>(16).fill(0xff), -1n],
    [[0x80, ...new Array<number>(15).fill(0)], -(2n ** 127n)],
    [[0x7f, ...new Array<number>(15).fill(0xff)], 2n ** 127n - 1n],
  ])("reads two's complement of any length: %s", (bytes, unscaled) => {
    const view = new DataView(Uint8Array.of(9, ...bytes, 9).buffer);
    expect(readDecimal(view, 1, 1 + bytes.length)).toBe(unscaled);
  });
});
