import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../wire/decimal.ts";
import { type PlainNumber, plainDecimal, plainInteger, plainInterval, plainMoment } from "./plain-number.ts";

function read<Raw>({ of, keeps }: PlainNumber<Raw>, raw: Raw): [number, boolean] {
  const number = of(raw);
  return [number, keeps(raw, number)];
}

/** The digits of a decimal's text without zeros at its ends, and the power of ten of the first. An independent reading of both notations. */
function significant(text: string): string {
  const [mantissa = "", exponent = "0"] = text.replace(/^-/, "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  const power = whole.length + Number(exponent) - (whole + fraction).search(/[1-9]/);
  return `${text.startsWith("-") ? "-" : ""}${digits.replace(/0+$/, "")}e${power}`;
}

describe("plainInteger", () => {
  it.each([
    [0n, 0, true],
    [2n ** 53n - 1n, 2 ** 53 - 1, true],
    [1n - 2n ** 53n, 1 - 2 ** 53, true],
    // 2^53 is what 2^53 + 1 becomes too.
    [2n ** 53n, 2 ** 53, false],
    [2n ** 53n + 1n, 2 ** 53, false],
    [-(2n ** 53n), -(2 ** 53), false],
    [2n ** 63n - 1n, 2 ** 63, false],
    [-(2n ** 63n), -(2 ** 63), false],
  ])("reads %s as %d; kept: %s", (raw, number, keeps) => {
    expect(read(plainInteger, raw)).toEqual([number, keeps]);
  });
});

describe("plainMoment", () => {
  it.each([
    [0n, 0, true],
    [1000n, 1, true],
    [-1000n, -1, true],
    // Between two milliseconds it is the one before, also before 1970.
    [1999n, 1, false],
    [-1n, -1, false],
    [-1001n, -2, false],
    [8_640_000_000_000_000_000n, 8.64e15, true],
    [-8_640_000_000_000_000_000n, -8.64e15, true],
    [8_640_000_000_000_001_000n, 8_640_000_000_000_001, false],
    [-8_640_000_000_000_001_000n, -8_640_000_000_000_001, false],
    [8_639_999_999_999_999_999n, 8_639_999_999_999_999, false],
    [2n ** 63n - 1n, 9.223372036854776e15, false],
    [-(2n ** 63n), -9.223372036854776e15, false],
  ])("reads %s µs as %d ms; kept: %s", (raw, number, keeps) => {
    expect(read(plainMoment, raw)).toEqual([number, keeps]);
  });

  it("is the millisecond before, for every moment that Date has", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -864n * 10n ** 16n, max: 864n * 10n ** 16n }), (micros) => {
        const [millis] = read(plainMoment, micros);
        const rest = micros - BigInt(millis) * 1000n;
        expect(rest >= 0n && rest < 1000n).toBe(true);
      }),
      { seed: 6, numRuns: 2000 },
    );
  });
});

describe("plainDecimal", () => {
  it.each<[string, Decimal, number, boolean]>([
    ["0.00", new Decimal(0n, 2), 0, true],
    ["0.1", new Decimal(1n, 1), 0.1, true],
    ["-1.50", new Decimal(-150n, 2), -1.5, true],
    ["15 digits", new Decimal(999_999_999_999_999n, 5), 9_999_999_999.99999, true],
    ["17 digits that a double tells apart", new Decimal(9_007_199_254_740_994n, 1), 900_719_925_474_099.4, true],
    ["one digit too many", new Decimal(10_000_000_000_000_001n, 17), 0.1, false],
    ["2^53 + 1", new Decimal(2n ** 53n + 1n, 0), 2 ** 53, false],
    ["10^22, by its scale", new Decimal(1n, -22), 1e22, true],
    ["10^22, by its digits", new Decimal(10n ** 22n, 0), 1e22, true],
    ["10^23", new Decimal(10n ** 23n, 0), 1e23, true],
    ["38 nines", new Decimal(10n ** 38n - 1n, 0), 1e38, false],
    ["38 nines after the point", new Decimal(10n ** 38n - 1n, 38), 1, false],
    ["past the largest double", new Decimal(1n, -400), Number.POSITIVE_INFINITY, false],
    ["past the smallest double", new Decimal(1n, 400), 0, false],
    ["the smallest double", new Decimal(5n, 324), 5e-324, true],
  ])("reads %s", (_, raw, number, keeps) => {
    expect(read(plainDecimal, raw)).toEqual([number, keeps]);
  });

  it("is the nearest number, and kept where its text has the decimal's digits", () => {
    const unscaled = fc.oneof(
      fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
      fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
      fc.bigInt({ min: -1000n, max: 1000n }).map((number) => number * 10n ** 20n),
    );
    fc.assert(
      fc.property(unscaled, fc.integer({ min: -5, max: 40 }), (digits, scale) => {
        const text = new Decimal(digits, scale).toString();
        const [number, keeps] = read(plainDecimal, new Decimal(digits, scale));
        expect(number).toBe(Number(text));
        expect(keeps).toBe(significant(String(number)) === significant(text));
      }),
      { seed: 8, numRuns: 3000 },
    );
  });
});

describe("plainInterval", () => {
  it.each([
    [0n, 0, true],
    [1n, 0.001, true],
    [-1_500n, -1.5, true],
    [86_400_000_001n, 86_400_000.001, true],
    [2n ** 53n, 9_007_199_254_740.992, true],
    [2n ** 63n - 1n, 9_223_372_036_854_776, false],
  ])("reads %s µs as %d ms; kept: %s", (raw, number, keeps) => {
    expect(read(plainInterval, raw)).toEqual([number, keeps]);
  });
});
