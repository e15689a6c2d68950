import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daysOfMicros } from "./date-days.ts";

const day = 86_400_000_000n;
const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

function floorDays(micros: bigint): number {
  return Number((micros - (((micros % day) + day) % day)) / day);
}

describe("daysOfMicros()", () => {
  it("rounds down, over all of 64 bits and at the turn of every day", () => {
    const turns = fc
      .tuple(fc.bigInt({ min: least / day, max: most / day }), fc.constantFrom(-1n, 0n, 1n))
      .map(([days, off]) => days * day + off)
      .filter((micros) => micros >= least && micros <= most);
    const anyMicros = fc.oneof(fc.bigInt({ min: least, max: most }), turns, fc.constantFrom(least, most, 0n, -1n));
    fc.assert(
      fc.property(fc.array(anyMicros), (micros) => {
        expect([...daysOfMicros(BigInt64Array.from(micros))]).toEqual(micros.map(floorDays));
      }),
      { seed: 31, numRuns: 500 },
    );
  });
});
