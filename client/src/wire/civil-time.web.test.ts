import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slowCivilTime } from "../../test/slow-civil-time.ts";
import { civilTime } from "./civil-time.ts";

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const day = 86_400_000_000n;

/** Where something could go wrong: where days and years end, and where numbers begin to lose digits. */
const edges = [
  0n,
  2n ** 53n,
  -(2n ** 53n),
  ...[-1_000_000n, -719_528n, -1n, 0n, 1n, 59n, 10_957n, 16_860n, 47_540n, 104_249n, 2_932_896n].map(
    (days) => days * day,
  ),
  ...[-290_000n, -10_000n, -9999n, -1n, 0n, 1n, 1600n, 1900n, 2000n, 2100n, 9999n, 10_000n, 290_000n].map(
    (year) => ((year - 1970n) * 146_097n * day) / 400n,
  ),
];

describe("civilTime()", () => {
  it("is what integers of any size come to, over all 64 bits", () => {
    const micros = fc.oneof(
      fc.bigInt(int64),
      fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
      fc.bigInt({ min: -3n * 10n ** 15n, max: 5n * 10n ** 15n }),
      fc.tuple(fc.constantFrom(...edges), fc.bigInt({ min: -3n, max: 3n })).map(([edge, step]) => edge + step),
      fc
        .tuple(fc.bigInt({ min: -106_000_000n, max: 106_000_000n }), fc.bigInt({ min: -2n, max: 2n }))
        .map(([days, step]) => days * day + step),
    );
    fc.assert(
      fc.property(micros, (value) => {
        expect(civilTime(value)).toEqual(slowCivilTime(value));
      }),
      { numRuns: 5000 },
    );
  });
});
