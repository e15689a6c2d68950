import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { History } from "./history.ts";
import { courses, createPlan } from "./plan.ts";

const { stackTraceLimit } = Error;
// Nobody reads the stacks of the many errors that belong to a history, and they take their time.
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe("histories of many tabs", () => {
  it("break no property", async () => {
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= 100; seed++) {
      const { findings, counts: ended } = await new History(createPlan(seed)).run();
      expect(findings, `npm run simulate -- --seed ${seed}`).toEqual([]);
      for (const [name, count] of Object.entries(ended)) counts[name] = (counts[name] ?? 0) + count;
    }
    // Else nothing would have been tried.
    for (const kind of ["read", "stream", "cursor", "write", "look-up"]) {
      expect(counts[`${kind} done`]).toBeGreaterThan(50);
    }
  }, 120_000);

  it("happen again in the same way, step by step", async () => {
    const tell = async (seed: number) => {
      const lines: string[] = [];
      await new History(createPlan(seed), (line) => lines.push(line)).run();
      return lines;
    };
    for (const seed of [11, 12, 13]) {
      const lines = await tell(seed);
      expect(lines.length).toBeGreaterThan(100);
      expect(await tell(seed)).toEqual(lines);
    }
  });
});

describe("createPlan()", () => {
  it("makes plans of every course", () => {
    const made = new Set(Array.from({ length: 50 }, (_, seed) => createPlan(seed).course));
    expect([...made].sort()).toEqual([...courses].sort());
  });
});
