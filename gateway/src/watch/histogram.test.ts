import { describe, expect, it } from "vitest";
import { countOf, type Histogram, quantile } from "./histogram.ts";

const histogram = (...buckets: [number, number][]): Histogram => buckets.map(([upTo, count]) => ({ upTo, count }));
const infinity = Number.POSITIVE_INFINITY;

describe("quantile()", () => {
  // As Prometheus' histogram_quantile has it: see its documentation, and promql/quantile.go.
  it.each<[number, Histogram, number | undefined]>([
    [0.5, histogram([1, 0], [2, 10], [4, 10], [infinity, 10]), 1.5],
    [0.99, histogram([1, 0], [2, 10], [4, 10], [infinity, 10]), 1.99],
    [0.5, histogram([10, 4], [20, 8], [infinity, 8]), 10],
    [0.75, histogram([10, 4], [20, 8], [infinity, 8]), 15],
    [0.9, histogram([10, 5], [infinity, 10]), 10],
    [0.25, histogram([10, 5], [infinity, 10]), 5],
    [0.5, histogram([1, 0], [infinity, 0]), undefined],
    [0.5, [], undefined],
  ])("%d of %j is %d", (q, of, value) => {
    expect(quantile(of, q)).toBe(value);
  });
});

describe("countOf()", () => {
  it("is what the last class holds", () => {
    expect([countOf(histogram([1, 3], [infinity, 7])), countOf([])]).toEqual([7, 0]);
  });
});
