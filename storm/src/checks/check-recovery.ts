import type { Finding, PhaseFacts } from "../facts.ts";
import { type CallIndex, isPrepare } from "./call-index.ts";
import { describeJob } from "./describe-job.ts";

/** What bounds a wait in the client lasts this long or longer. */
const guardMs = 2000;
/** What paces tries, by whom it is set: the follower's in the background, for which nobody waits, and a query's own, whose number is bounded. */
const pacing = /\bFollower\.#|(^|< )#cure\b/;
/** What paces the rounds of a search: as long as neither stack accepts, which is no longer than one of them is down. */
const searching = /(^|< )(Detection\.)?#rounds\b/;
/** Tries, restarts, and what each change of the active stack adds: far more than any job should need. */
const mostPrepares = 12;

/**
 * What fails is found out, not waited out: no guard of a wait ever went off in a tab, no call ended by its time, and no job took
 * more than a bounded number of tries.
 */
export function checkRecovery(facts: PhaseFacts, index: CallIndex): Finding[] {
  const longestOutage = Math.max(0, ...facts.lostStacks.map(({ from, to }) => to - from));
  // A pause is at most twice as long as all before it.
  const longestOf = (setBy: string) => (searching.test(setBy) ? guardMs + 2 * longestOutage : guardMs);
  const waited = facts.longTimers.filter(
    ({ milliseconds, setBy }) => milliseconds >= longestOf(setBy) && !pacing.test(setBy),
  );
  const late = facts.events.filter(({ code }) => code === "DEADLINE_EXCEEDED");
  const tiring = facts.outcomes.filter(
    (outcome) => index.ofJob(outcome).filter(isPrepare).length > mostPrepares || outcome.end === "DEADLINE_EXCEEDED",
  );
  return [
    ...waited.map((timer) => ({ rule: "something was waited out", facts: JSON.stringify(timer) })),
    ...late.map((event) => ({ rule: "a call ended by its time", facts: JSON.stringify(event) })),
    ...tiring.map((outcome) => ({ rule: "a job took too many tries", facts: describeJob(outcome, index, facts) })),
  ];
}
