import { describe, expect, it } from "vitest";
import { callOf, fiveCalls, quietFacts, shortQuery, trace } from "../../test/phase-facts.ts";
import type { FlipFact, PhaseFacts } from "../facts.ts";
import { indexCalls } from "./call-index.ts";
import { checkCalm } from "./check-calm.ts";
import { checkHeaps, checkLeaks, checkPhase, checkSubstance } from "./check-phase.ts";
import { checkRecovery } from "./check-recovery.ts";

const rulesOf = (check: typeof checkRecovery, facts: PhaseFacts) =>
  check(facts, indexCalls(facts.calls)).map(({ rule }) => rule);

const toGreen: FlipFact = {
  ...{ kind: "announced", order: "engines-first", from: "blue", to: "green", atJob: 1, begunAt: 2000, endedAt: 3000 },
};

describe("checkPhase()", () => {
  it("finds nothing where both stacks have worked and nothing went wrong", () => {
    const other = "00000001000000000000000700000063";
    const onGreen = fiveCalls.map((call) => ({
      ...{ ...call, stack: "green" as const, strategy: "green", query: "b-query", sessionKey: "b-key" },
      ...{ number: call.number + 5, traceParent: `00-${other}-0000000000000002-01` },
    }));
    const second = { ...shortQuery, trace: other, strategy: "green" as const, due: "green" as const };
    const facts = quietFacts({
      jobs: 2,
      outcomes: [shortQuery, second],
      calls: [...fiveCalls, ...onGreen],
      flips: [toGreen],
    });
    expect(checkPhase(facts, "calm")).toEqual([]);
    const broken = quietFacts({
      leaks: ["it"],
      pins: [1],
      longTimers: [{ milliseconds: 4000, setBy: "takeLock" }],
      outcomes: [{ ...shortQuery, isExact: false }],
    });
    expect(checkPhase(broken, "wild").length).toBeGreaterThanOrEqual(4);
  });
});

describe("checkRecovery()", () => {
  it("finds nothing in pauses that pace", () => {
    expect(
      rulesOf(
        checkRecovery,
        quietFacts({
          longTimers: [
            { milliseconds: 1999, setBy: "takeLock" },
            { milliseconds: 8000, setBy: "sleep < Follower.#reach" },
            { milliseconds: 3000, setBy: "sleep < #cure < EngineAccess.persist" },
            { milliseconds: 3900, setBy: "sleep < #rounds < #detect" },
          ],
          lostStacks: [{ stack: "blue", from: 0, to: 1000 }],
        }),
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<PhaseFacts>]>([
    [
      "something was waited out",
      {
        longTimers: [{ milliseconds: 2000, setBy: "within" }],
        lostStacks: [{ stack: "blue", from: 0, to: 1000 }],
      },
    ],
    ["something was waited out", { longTimers: [{ milliseconds: 2000, setBy: "sleep < #rounds < #detect" }] }],
    ["a call ended by its time", { events: [{ tab: 0, type: "recovered", at: 1, code: "DEADLINE_EXCEEDED" }] }],
    ["a job took too many tries", { calls: Array.from({ length: 13 }, (_, i) => callOf(i, "prepareStatementV2")) }],
    ["a job took too many tries", { outcomes: [{ ...shortQuery, end: "DEADLINE_EXCEEDED" }] }],
  ])("finds that %s", (rule, given) => {
    expect(rulesOf(checkRecovery, quietFacts(given))).toEqual([rule]);
  });
});

describe("checkCalm()", () => {
  it("finds nothing in five round trips on the stack that is due", () => {
    expect(rulesOf(checkCalm, quietFacts({ outcomes: [{ ...shortQuery, due: "blue" }] }))).toEqual([]);
  });

  const again = callOf(6, "getResultMetadata");
  const refused = callOf(6, "getTables", { traceParent: "", outcome: { kind: "http", status: 456 } });
  const signIns = Array.from({ length: 6 }, (_, i) => callOf(10 + i, "authenticate", { traceParent: "" }));
  it.each<[string, Partial<PhaseFacts>]>([
    ["a query took other round trips than it needs", { calls: [...fiveCalls, again] }],
    ["a query took other round trips than it needs", { calls: fiveCalls.slice(0, 4) }],
    [
      "a query ran elsewhere than on the stack that had accepted its tab",
      { outcomes: [{ ...shortQuery, due: "green" }] },
    ],
    ["a query did not end where it began", { outcomes: [{ ...shortQuery, kind: "paced", end: "RESULT_INTERRUPTED" }] }],
    [
      "a query was begun on both stacks",
      {
        outcomes: [{ ...shortQuery, kind: "long" }],
        calls: [callOf(0, "prepareStatement", { stack: "green" }), ...fiveCalls],
      },
    ],
    ["a call was refused", { calls: [...fiveCalls, refused] }],
    ["tabs signed in too often", { calls: [...fiveCalls, ...signIns], flips: [toGreen] }],
  ])("finds that %s", (rule, given) => {
    expect(rulesOf(checkCalm, quietFacts(given))).toEqual([rule]);
  });
});

describe("checkSubstance()", () => {
  it.each<[string, Partial<PhaseFacts>]>([
    ["nothing was done on green", {}],
    ["1 of 5 jobs ended", { jobs: 5 }],
    ["0 of 2 paced results ended", { pacedTabs: 2 }],
    ["no span was looked through", { textsScanned: { log: 1 } }],
    ["nothing was done on blue", { calls: [] }],
  ])("finds that %s", (what, given) => {
    expect(checkSubstance(quietFacts(given)).map(({ facts }) => facts)).toContain(what);
  });
});

describe("checkLeaks()", () => {
  it("finds each text that holds a secret", () => {
    expect(checkLeaks(quietFacts({ leaks: [trace] }))).toEqual([{ rule: "a secret left the client", facts: trace }]);
  });
});

describe("checkHeaps()", () => {
  it("finds a tab that holds more than before, and one that was not measured", () => {
    const megabyte = 2 ** 20;
    const heaps = [
      { tab: 0, before: megabyte, after: 2 * megabyte },
      { tab: 1, before: megabyte, after: 2 * megabyte + 1 },
      { tab: 2, before: megabyte, after: Number.NaN },
    ];
    expect(checkHeaps(heaps).map(({ facts }) => facts.slice(0, 5))).toEqual(["tab 1", "tab 2"]);
  });
});
