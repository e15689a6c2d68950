import { describe, expect, it } from "vitest";
import { callOf, fiveCalls, quietFacts, shortQuery } from "../test/phase-facts.ts";
import type { FlipFact } from "./facts.ts";
import { printReport } from "./print-report.ts";
import { summarise } from "./report.ts";

const flip: FlipFact = {
  ...{ kind: "announced", order: "engines-first", from: "blue", to: "green", atJob: 1 },
  ...{ begunAt: 1000, promotedAt: 1040, endedAt: 1060 },
};
const green = { stack: "green", query: "b-query" } as const;
const facts = quietFacts({
  outcomes: [shortQuery, { ...shortQuery, begunAt: 5000, tookMs: 7 }, { ...shortQuery, kind: "insert" }],
  flips: [flip],
  lostStacks: [
    { stack: "blue", from: 2000, to: 2700 },
    { stack: "green", from: 3000, to: 3100 },
  ],
  calls: [
    ...fiveCalls,
    callOf(30, "prepareStatement", green),
    callOf(70, "clear", { fault: { form: "drop-mid" }, outcome: { kind: "cut" } }),
    callOf(80, "status", { ...green, outcome: { kind: "http", status: 456 }, fault: { delayMs: 3 } }),
  ],
  events: [
    { tab: 0, type: "recovered", at: 1, by: "restart" },
    { tab: 0, type: "switched", at: 1 },
  ],
});

describe("summarise()", () => {
  it("counts, and tells when queries came to the new stack and left the old one", () => {
    const summary = summarise(facts, [{ tab: 0, before: 10, after: 30 }]);
    expect(summary).toMatchObject({
      jobs: 3,
      calls: 8,
      ends: { "short ok": 2, "insert ok": 1 },
      flips: { announced: 1 },
      mishaps: { slowCalls: 1, lostCalls: 1, expiries: 0, restarts: 2, longestOutage: 700 },
      heapGrowth: 20,
    });
    expect(summary.switches).toEqual({
      firstNew: { median: 30, worst: 30 },
      promoted: { median: 40, worst: 40 },
      lastOld: { median: 1, worst: 1 },
      oldIdle: { median: 70, worst: 70 },
    });
    expect(summary.latency).toEqual({ outside: { count: 1, p50: 7, p99: 7 }, within: { count: 1, p50: 50, p99: 50 } });
    expect(summary.counts).toMatchObject({ "answers 456": 1, "told: recovered by restart": 1, "told: switched": 1 });
  });

  it("leaves out of the switches what was called off", () => {
    const { switches } = summarise(quietFacts({ flips: [{ ...flip, kind: "called-off", to: "blue" }] }), []);
    expect(switches.firstNew).toEqual({ median: undefined, worst: undefined });
  });
});

describe("printReport()", () => {
  it("writes a line for each figure", () => {
    const text = printReport("calm", summarise(facts, [{ tab: 0, before: 0, after: 2048 }]));
    expect(text).toContain("calm, seed 1\n  queries                             3 in 1 tabs, 8 calls, 1.0 s");
    expect(text).toContain("first query on the new stack        30 ms after the flip began, at worst 30 ms");
    expect(text).toContain("most growth of a tab's memory       2 KiB");
  });
});
