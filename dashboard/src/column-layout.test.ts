import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnStretch, gridTracks, layoutColumns, visibleColumns } from "./column-layout.ts";

// Two digits, then columns of 10, 20 and 5 characters of 8 pixels, each with 24 pixels of space.
const layout = layoutColumns([10, 20, 5], 2, 8);

describe("layoutColumns()", () => {
  it("stands the columns side by side, after the row numbers", () => {
    expect(layout).toEqual({ rowNumber: 40, edges: [40, 144, 328, 392] });
    expect(columnStretch(layout, 1)).toEqual({ start: 144, end: 328 });
  });

  it("rounds up: a character that is cut by half a pixel shows", () => {
    expect(layoutColumns([10], 1, 7.83).edges).toEqual([32, 135]);
  });
});

describe("visibleColumns()", () => {
  it("draws all columns of a narrow result", () => {
    expect(visibleColumns(layout, 0, 1000)).toEqual({ first: 0, end: 3 });
  });

  it("draws nothing for no columns", () => {
    expect(visibleColumns(layoutColumns([], 1, 8), 0, 1000)).toEqual({ first: 0, end: 0 });
  });

  it("holds every visible column and few others, wherever the view is", () => {
    const anyView = fc.record({
      widths: fc.array(fc.integer({ min: 6, max: 44 }), { minLength: 1, maxLength: 300 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      viewWidth: fc.integer({ min: 1, max: 3000 }),
    });
    fc.assert(
      fc.property(anyView, ({ widths, part, viewWidth }) => {
        const many = layoutColumns(widths, 3, 8);
        const width = many.edges.at(-1) ?? 0;
        const scrollLeft = Math.round(part * Math.max(0, width - viewWidth));
        const { first, end } = visibleColumns(many, scrollLeft, viewWidth);
        const visible = widths
          .map((_, column) => ({ column, ...columnStretch(many, column) }))
          .filter((stretch) => stretch.end > scrollLeft && stretch.start < scrollLeft + viewWidth);
        expect(first).toBeLessThanOrEqual(visible[0]?.column ?? first);
        expect(end).toBeGreaterThan(visible.at(-1)?.column ?? -1);
        expect(end - first).toBeLessThanOrEqual(visible.length + 6);
      }),
    );
  });
});

describe("gridTracks()", () => {
  it("writes one track for what is not drawn at the left", () => {
    expect(gridTracks(layout, { first: 0, end: 2 })).toBe("40px 0px 104px 184px minmax(0, 1fr)");
    expect(gridTracks(layout, { first: 1, end: 3 })).toBe("40px 104px 184px 64px minmax(0, 1fr)");
  });
});
