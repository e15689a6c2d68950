import { describe, expect, it } from "vitest";
import { Interval } from "./interval.ts";

describe("Interval.toString()", () => {
  it.each([
    [0n, "PT0S"],
    [1n, "PT0.000001S"],
    [-1_500_000n, "-PT1.5S"],
    [86_400_000_000n, "P1D"],
    [93_784_500_000n, "P1DT2H3M4.5S"],
    [60_000_000n, "PT1M"],
    [-86_399_000_000n, "-PT23H59M59S"],
    [-(2n ** 63n), "-P106751991DT4H54.775808S"],
  ])("writes %s as %s", (micros, text) => {
    expect(new Interval(micros).toString()).toBe(text);
    expect(JSON.stringify(new Interval(micros))).toBe(`"${text}"`);
  });
});
