import { describe, expect, it } from "vitest";
import { scrollToShow } from "./scroll-to-show.ts";

/** Shows 30 to 100 of the axis, below something sticky of 20. */
const view = { offset: 10, size: 90, covered: 20 };

describe("scrollToShow()", () => {
  it.each([
    ["what is in sight", { start: 40, end: 50 }, 10],
    ["what fills the view exactly", { start: 30, end: 100 }, 10],
    ["what lies before, to the beginning of the free part", { start: 25, end: 35 }, 5],
    ["what lies after, to the end", { start: 120, end: 130 }, 40],
    ["what is too long, from its start", { start: 200, end: 300 }, 180],
  ])("shows %s", (_, stretch, offset) => {
    expect(scrollToShow(stretch, view)).toBe(offset);
  });
});
