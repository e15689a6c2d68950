import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { History } from "./history.ts";
import { courses, createPlan } from "./plan.ts";
import { addTally, emptyTally, tallyUp } from "./tally.ts";

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

describe("tallyUp()", () => {
  it("comes to the same for all seeds together and for those who share them", async () => {
    const begun: number[] = [];
    const watch = { begins: (seed: number) => begun.push(seed), found: () => undefined, isEnough: () => false };
    const all = await tallyUp({ from: 21, until: 27, stride: 1, course: undefined }, watch);
    expect(begun.splice(0)).toEqual([21, 22, 23, 24, 25, 26]);
    const sum = emptyTally();
    for (const from of [21, 22]) addTally(sum, await tallyUp({ from, until: 27, stride: 2, course: undefined }, watch));
    expect(begun).toEqual([21, 23, 25, 22, 24, 26]);
    expect(sum).toEqual(all);
    expect(sum.histories).toBe(6);
  });
});

describe("createPlan()", () => {
  it("makes plans of every course", () => {
    const made = new Set(Array.from({ length: 50 }, (_, seed) => createPlan(seed).course));
    expect([...made].sort()).toEqual([...courses].sort());
  });
});
