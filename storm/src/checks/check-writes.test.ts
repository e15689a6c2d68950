import { describe, expect, it } from "vitest";
import { callOf, fiveCalls, quietFacts, shortQuery, trace } from "../../test/phase-facts.ts";
import type { PhaseFacts } from "../facts.ts";
import type { Outcome } from "../page/told.ts";
import { indexCalls } from "./call-index.ts";
import { checkWrites } from "./check-writes.ts";

const rulesOf = (facts: PhaseFacts) => checkWrites(facts, indexCalls(facts.calls)).map(({ rule }) => rule);

const insert: Outcome = { ...shortQuery, kind: "insert", key: trace };
const once = new Map([[trace, 1]]);
const executeCut = callOf(2, "executeStatement", { outcome: { kind: "cut" }, fault: { form: "drop-answer" } });
const executeLost = callOf(2, "executeStatement", { outcome: { kind: "cut" }, fault: { form: "drop-before" } });
const executeDenied = callOf(2, "executeStatement", { outcome: { kind: "grpc", status: "INTERNAL" } });
const executeRefused = callOf(2, "executeStatement", { outcome: { kind: "http", status: 456 } });

describe("checkWrites()", () => {
  it.each<[string, Partial<PhaseFacts>]>([
    ["a write that was done once", { outcomes: [insert], written: once }],
    ["a write after a denial", { outcomes: [insert], written: once, calls: [executeDenied, ...fiveCalls] }],
    ["a write after a refusal", { outcomes: [insert], written: once, calls: [executeRefused, ...fiveCalls] }],
    [
      "a write after one that got lost on its way",
      { outcomes: [insert], written: once, calls: [executeLost, ...fiveCalls] },
    ],
    [
      "a write that was done, its answer cut",
      { outcomes: [{ ...insert, end: "SUBMISSION_UNKNOWN" }], written: once, calls: [executeCut] },
    ],
    [
      "a write that was not done, its answer cut",
      { outcomes: [{ ...insert, end: "SUBMISSION_UNKNOWN" }], calls: [executeCut] },
    ],
    ["a read", {}],
  ])("finds nothing in %s", (_, given) => {
    expect(rulesOf(quietFacts(given))).toEqual([]);
  });

  it.each<[string, Partial<PhaseFacts>]>([
    ["a write was done 2 times", { outcomes: [insert], written: new Map([[trace, 2]]) }],
    ["a write was sent twice to be run", { outcomes: [insert], written: once, calls: [executeCut, ...fiveCalls] }],
    ["a write that ended well was not done", { outcomes: [insert] }],
    ["a write has failed", { outcomes: [{ ...insert, end: "GATEWAY" }] }],
    [
      "the answer to a write was lost without a recorded cause",
      { outcomes: [{ ...insert, end: "SUBMISSION_UNKNOWN" }] },
    ],
    ["something was written that nobody has asked for", { written: once }],
  ])("finds that %s", (rule, given) => {
    expect(rulesOf(quietFacts(given))).toEqual([rule]);
  });
});
