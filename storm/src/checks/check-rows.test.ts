import { describe, expect, it } from "vitest";
import { callOf, fiveCalls, quietFacts, shortQuery } from "../../test/phase-facts.ts";
import type { PhaseFacts } from "../facts.ts";
import type { Outcome } from "../page/told.ts";
import { indexCalls } from "./call-index.ts";
import { checkRows } from "./check-rows.ts";

const rulesOf = (facts: PhaseFacts) => checkRows(facts, indexCalls(facts.calls)).map(({ rule }) => rule);

/** A stream that was interrupted after three rows, by an answer that was cut. */
const interrupted: Outcome = { ...shortQuery, kind: "stream", end: "RESULT_INTERRUPTED", rowsDelivered: 3 };
const cutFetch = [...fiveCalls.slice(0, 3), callOf(4, "getNextResultBatchV2", { outcome: { kind: "cut" } })];

describe("checkRows()", () => {
  it.each<[string, Partial<PhaseFacts>]>([
    ["a query that ended well", {}],
    ["a reader who left", { outcomes: [{ ...shortQuery, kind: "break", end: "left" }] }],
    ["an abort", { outcomes: [{ ...shortQuery, kind: "abort", end: "CANCELLED" }] }],
    ["a stream whose answer was cut", { outcomes: [interrupted], calls: cutFetch }],
    [
      "a stream whose stack was lost",
      { outcomes: [interrupted], lostStacks: [{ stack: "blue", from: 1010, to: 1020 }] },
    ],
    ["a failed write, which is judged elsewhere", { outcomes: [{ ...shortQuery, kind: "insert", end: "GATEWAY" }] }],
  ])("finds nothing in %s", (_, given) => {
    expect(rulesOf(quietFacts(given))).toEqual([]);
  });

  it.each<[string, Partial<Outcome>, Partial<PhaseFacts>]>([
    ["rows are missing, or came twice", { isExact: false }, {}],
    ["a read that hands out nothing before its end has failed", { end: "RESULT_INTERRUPTED" }, { calls: cutFetch }],
    ["a read that hands out nothing before its end has failed", { kind: "long", end: "NETWORK" }, {}],
    ["a read that hands out nothing before its end has failed", { kind: "abort", end: "NETWORK" }, {}],
    ["a read that hands out nothing before its end has failed", { kind: "cursor", end: "left" }, {}],
    ["a stream has failed by something else than RESULT_INTERRUPTED", { ...interrupted, end: "GATEWAY" }, {}],
    ["a stream was interrupted that had handed out nothing", { ...interrupted, rows: 0 }, { calls: cutFetch }],
    [
      "the error does not know how many rows were handed out",
      { ...interrupted, rowsDelivered: 2 },
      { calls: cutFetch },
    ],
    ["a stream was interrupted without a recorded cause", interrupted, {}],
    [
      "a stream was interrupted without a recorded cause",
      interrupted,
      { lostStacks: [{ stack: "green", from: 1010, to: 1020 }] },
    ],
    [
      "a stream was interrupted without a recorded cause",
      interrupted,
      { lostStacks: [{ stack: "blue", from: 10, to: 20 }] },
    ],
  ])("finds that %s", (rule, outcome, given) => {
    expect(rulesOf(quietFacts({ outcomes: [{ ...shortQuery, ...outcome }], ...given }))).toEqual([rule]);
  });

  it("tells the job with its calls, and no frames of a stack", () => {
    const outcome = { ...shortQuery, end: "NETWORK", error: "lost\n    at frame (page.js:1:1)\nthe cause" };
    const facts = quietFacts({
      outcomes: [outcome],
      lostStacks: [{ stack: "blue", from: 1010, to: 1030 }],
      expiries: [1020, 2000],
    });
    const [finding] = checkRows(facts, indexCalls(facts.calls));
    expect(finding?.facts).toContain("short 0000000100000000000000070000002a: NETWORK after 3 rows");
    expect(finding?.facts).toContain("#2 blue executeStatement a-sessio a-query 10.1.0.1");
    expect(finding?.facts).toContain("\n  blue was down, 10 to 30 ms\n  sessions expired, 20 ms\n  #1 blue");
    expect(finding?.facts).toMatch(/\nlost\nthe cause$/);
  });
});
