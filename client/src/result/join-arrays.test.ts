import { describe, expect, it } from "vitest";
import { joinArrays } from "./join-arrays.ts";

describe("joinArrays()", () => {
  it.each([0, 1, 2, 9_999, 10_000, 10_001, 10_002, 20_001, 200_000])("joins %i arrays in their order", (count) => {
    const joined = joinArrays(Array.from({ length: count }, (_, index) => [index, -index]));
    expect(joined).toHaveLength(2 * count);
    expect(joined.findIndex((item, place) => item !== (place % 2 === 0 ? place / 2 : (1 - place) / 2))).toBe(-1);
  });

  it("hands out a single array as it is", () => {
    const only = [1, 2];
    expect(joinArrays([only])).toBe(only);
  });
});
