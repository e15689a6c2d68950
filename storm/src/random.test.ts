import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

describe("createRandom()", () => {
  it("gives the same for the same seed, and something else for another", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).next);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("reaches both ends of a range, and nothing beyond", () => {
    const random = createRandom(1);
    expect(new Set(Array.from({ length: 200 }, () => random.between(3, 6)))).toEqual(new Set([3, 4, 5, 6]));
  });

  it("picks by weight", () => {
    const random = createRandom(1);
    const picked = Array.from({ length: 1000 }, () =>
      random.pick([
        [9, "often"],
        [1, "seldom"],
        [0, "never"],
      ] as const),
    );
    const { often = [], seldom = [], ...others } = Object.groupBy(picked, (value) => value);
    expect(others).toEqual({});
    expect(seldom.length).toBeGreaterThan(50);
    expect(often.length).toBeGreaterThan(800);
  });
});
