import { describe, expect, it } from "vitest";
import { callOf, fiveCalls, quietFacts } from "../../test/phase-facts.ts";
import type { PhaseFacts } from "../facts.ts";
import { indexCalls } from "./call-index.ts";
import { checkPins, checkPlace } from "./check-place.ts";

/** The five calls, the last of them changed. */
const withLast = (given: Parameters<typeof callOf>[2]) => [...fiveCalls.slice(0, 4), callOf(5, "clear", given)];

describe("checkPlace()", () => {
  const rulesOf = (facts: PhaseFacts) => checkPlace(facts, indexCalls(facts.calls)).map(({ rule }) => rule);

  it("finds nothing where a query stays in its place, under another id of its session", () => {
    expect(rulesOf(quietFacts({ calls: withLast({ session: "a-newer-id" }) }))).toEqual([]);
  });

  it.each([
    ["a query's calls went to both stacks", { stack: "green", strategy: "green" }],
    ["a query's calls went by several sessions", { sessionKey: "another-key" }],
    ["a query's calls belong to several jobs", { traceParent: `00-${"1".repeat(32)}-0000000000000001-01` }],
    ["a query's calls named several engines", { plannerIp: "10.1.0.2" }],
    ["a call reached another stack than it named", { strategy: "green" }],
  ] as const)("finds that %s", (rule, given) => {
    expect(rulesOf(quietFacts({ calls: withLast(given) }))).toEqual([rule]);
  });

  it("lets another session give back what the denied one cannot, and nothing else", () => {
    const denied = callOf(5, "getNextResultBatchV2", { outcome: { kind: "grpc", status: "INTERNAL" } });
    const byAnother = { sessionKey: "another-key" };
    const ended = [...fiveCalls.slice(0, 4), denied, callOf(6, "clear", byAnother)];
    expect(rulesOf(quietFacts({ calls: ended }))).toEqual([]);
    const read = [...ended, callOf(7, "getNextResultBatchV2", byAnother)];
    expect(rulesOf(quietFacts({ calls: read }))).toEqual(["a query's calls went by several sessions"]);
  });

  it("finds a call that names no engine", () => {
    const { plannerIp: _, ...bare } = callOf(5, "clear");
    expect(rulesOf(quietFacts({ calls: [...fiveCalls.slice(0, 4), bare] }))).toEqual([
      "a query's calls named several engines",
    ]);
  });
});

describe("checkPins()", () => {
  const rulesOf = (facts: PhaseFacts) => checkPins(facts, indexCalls(facts.calls)).map(({ rule }) => rule);
  const unended = fiveCalls.slice(0, 4);
  const dropped = callOf(6, "healthCheck", { query: "another-query", fault: { form: "drop-before" } });

  it.each<[string, Partial<PhaseFacts>]>([
    ["a query that was cleared", {}],
    ["a query whose stack was lost", { calls: unended, lostStacks: [{ stack: "blue", from: 1010, to: 1020 }] }],
    ["a prepare whose answer was lost", { calls: [callOf(1, "prepareStatement", { outcome: { kind: "cut" } })] }],
    [
      "a query whose connection was cut at that moment",
      { calls: [...unended, dropped, callOf(7, "clear", { query: "another-query" })] },
    ],
  ])("finds nothing in %s", (_, given) => {
    expect(rulesOf(quietFacts(given))).toEqual([]);
  });

  it.each<[string, Partial<PhaseFacts>]>([
    ["a tab still holds queries", { pins: [1] }],
    ["a query was never given back", { calls: unended }],
    ["a query was never given back", { calls: [...unended, callOf(5, "cancelQuery")] }],
    ["a query was never given back", { calls: unended, lostStacks: [{ stack: "green", from: 1010, to: 1020 }] }],
    ["a query was never given back", { calls: unended, lostStacks: [{ stack: "blue", from: 1, to: 2 }] }],
  ])("finds that %s", (rule, given) => {
    expect(rulesOf(quietFacts(given))).toEqual([rule]);
  });
});
