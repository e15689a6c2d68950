import { describe, expect, it } from "vitest";
import { createTestRuntime } from "../../test/test-runtime.ts";
import { backoffMs } from "./backoff.ts";

const drawing = (random: number) => ({ ...createTestRuntime(), random: () => random });

describe("backoffMs()", () => {
  it("doubles from the first to the longest", () => {
    const pauses = [1, 2, 3, 4, 5, 50].map((n) => backoffMs(n, drawing(1), { firstMs: 1_000, longestMs: 10_000 }));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it("lies by chance between half of itself and itself", () => {
    expect([0, 0.5, 1].map((random) => backoffMs(1, drawing(random)))).toEqual([100, 150, 200]);
  });
});
