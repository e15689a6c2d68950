import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxGridRows, rowHeight, visibleRows } from "./visible-rows.ts";

describe("visibleRows()", () => {
  it("begins with the first row", () => {
    expect(visibleRows(0, 300, 1000)).toEqual({ first: 0, end: 22 });
  });

  it("holds every visible row and few others, wherever the view is", () => {
    const anyView = fc.record({
      scrollTop: fc.nat(maxGridRows * rowHeight),
      viewHeight: fc.nat(4000),
      rowCount: fc.nat(maxGridRows),
    });
    fc.assert(
      fc.property(anyView, ({ scrollTop, viewHeight, rowCount }) => {
        const { first, end } = visibleRows(scrollTop, viewHeight, rowCount);
        const firstVisible = Math.floor(scrollTop / rowHeight);
        const lastVisible = Math.min(rowCount, Math.ceil((scrollTop + viewHeight) / rowHeight));
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(rowCount);
        expect(end - first).toBeLessThanOrEqual(viewHeight / rowHeight + 26);
        if (firstVisible < lastVisible) {
          expect(first).toBeLessThanOrEqual(firstVisible);
          expect(end).toBeGreaterThanOrEqual(lastVisible);
        }
      }),
    );
  });

  it("never asks for more height than browsers lay out", () => {
    expect(maxGridRows * rowHeight).toBeLessThan(17_000_000);
  });
});
