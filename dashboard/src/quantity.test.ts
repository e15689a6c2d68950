import { describe, expect, it } from "vitest";
import { countOf, durationText } from "./quantity.ts";

describe("countOf()", () => {
  it.each([
    [0, "0 rows"],
    [1, "1 row"],
    [1204, "1,204 rows"],
    [120_000, "120,000 rows"],
  ])("writes %d as %j", (count, text) => {
    expect(countOf(count, "row")).toBe(text);
  });
});

describe("durationText()", () => {
  it.each([
    [0, "0 ms"],
    [8.4, "8 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1240, "1.24 s"],
    [59_994, "59.99 s"],
    [59_996, "1 min 0 s"],
    [125_400, "2 min 5 s"],
  ])("writes %d ms as %j", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
