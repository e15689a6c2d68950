import { floorDivide } from "../wire/civil-time.ts";
import { Decimal } from "../wire/decimal.ts";
import { parseDecimal } from "../wire/decimal-reader.ts";

/** How far a `Date` reaches either way, in milliseconds. */
const maxMillis = 8.64e15;
/** Any decimal of so many digits is told apart by a double. */
const doubleDigits = 1e15;
/** All powers of ten that are doubles exactly. */
const powers = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/** A type whose plain form is a number, or a `Date` made from one. */
export interface PlainNumber<Raw> {
  /** The nearest number; for a moment, milliseconds since the epoch. */
  readonly of: (raw: Raw) => number;
  /** Whether the number says all that the raw value did. */
  readonly keeps: (raw: Raw, number: number) => boolean;
}

/** Integers: a number is the same up to 2^53 - 1. */
export const plainInteger: PlainNumber<bigint> = { of: Number, keeps: (_, number) => Number.isSafeInteger(number) };

/** Microseconds as milliseconds since the epoch, of those that `Date` has. Between two of them it is the one before. */
export const plainMoment: PlainNumber<bigint> = {
  of: (micros) => {
    const number = Number(micros);
    return Number.isSafeInteger(number)
      ? (number - (((number % 1000) + 1000) % 1000)) / 1000
      : Number(floorDivide(micros, 1000n));
  },
  keeps: (micros, millis) => Math.abs(millis) <= maxMillis && micros % 1000n === 0n,
};

/** Decimals: a number is the same where its shortest text names the decimal's value, so that `0.1` is 0.1. */
export const plainDecimal: PlainNumber<Decimal> = {
  of: ({ unscaled, scale }) => {
    const number = Number(unscaled);
    const power = powers[scale];
    // Both exact: their quotient is the nearest double.
    return power !== undefined && Number.isSafeInteger(number)
      ? number / power
      : new Decimal(unscaled, scale).toNumber();
  },
  keeps: (decimal, number) => {
    const { unscaled, scale } = decimal;
    if (scale in powers && Math.abs(Number(unscaled)) < doubleDigits) return true;
    const kept = parseDecimal(String(number));
    return kept !== undefined && isSame(kept, decimal);
  },
};

/** Intervals: microseconds as milliseconds with a fraction. */
export const plainInterval: PlainNumber<bigint> = {
  of: (micros) => plainDecimal.of(new Decimal(micros, 3)),
  keeps: (micros, millis) => plainDecimal.keeps(new Decimal(micros, 3), millis),
};

function isSame(a: Decimal, b: Decimal): boolean {
  const shift = BigInt(Math.abs(a.scale - b.scale));
  return a.scale < b.scale ? a.unscaled * 10n ** shift === b.unscaled : a.unscaled === b.unscaled * 10n ** shift;
}
