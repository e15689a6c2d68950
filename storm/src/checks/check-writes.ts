import type { Finding, PhaseFacts } from "../facts.ts";
import { type Outcome, writeKinds } from "../page/told.ts";
import { type CallIndex, isExecute, lossOf, mayHaveRun } from "./call-index.ts";
import { describeJob } from "./describe-job.ts";

/** How a write may end whose answer was lost. */
const unknownEnds: ReadonlySet<string> = new Set(["SUBMISSION_UNKNOWN", "RESULT_INTERRUPTED"]);

/**
 * What is written is written once:
 * - A write that ended well has been done once; no other has been done more often, nor been sent twice to be run.
 * - It fails only where its answer was lost, for a recorded cause.
 */
export function checkWrites(facts: PhaseFacts, index: CallIndex): Finding[] {
  const writes = facts.outcomes.filter(({ kind }) => writeKinds.has(kind));
  const findings = writes.flatMap((outcome) => {
    const rule = brokenRule(facts, outcome, index);
    return rule === undefined ? [] : [{ rule, facts: describeJob(outcome, index, facts) }];
  });
  const keys = new Set(writes.map(({ key }) => key));
  const foreign = [...facts.written.keys()].filter((key) => !keys.has(key));
  return [
    ...findings,
    ...foreign.map((key) => ({ rule: "something was written that nobody has asked for", facts: key })),
  ];
}

function brokenRule(facts: PhaseFacts, outcome: Outcome, index: CallIndex): string | undefined {
  const { key = "", end } = outcome;
  const calls = index.ofJob(outcome);
  const times = facts.written.get(key) ?? 0;
  if (times > 1) return `a write was done ${times} times`;
  if (calls.filter((call) => isExecute(call) && mayHaveRun(call)).length > 1) return "a write was sent twice to be run";
  if (end === "ok") return times === 1 ? undefined : "a write that ended well was not done";
  if (!unknownEnds.has(end)) return "a write has failed";
  return lossOf(facts, outcome, calls) === undefined
    ? "the answer to a write was lost without a recorded cause"
    : undefined;
}
