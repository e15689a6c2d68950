import type { Strategy } from "e6data-web/headers";
import type { WatchSettings } from "../config/watch.ts";
import { activeStack, type DeploymentState } from "../deploy/deployment-state.ts";
import { type Counts, noCounts, sumCounts } from "./counts.ts";
import { describeFailure } from "./describe-event.ts";
import { type Judgement, judge, type Verdict } from "./judge.ts";
import { readTally } from "./read-tally.ts";
import { type Subject, subjectOf } from "./subject.ts";
import type { EventSubject, WatchEvent, WindowReport } from "./watch-event.ts";

/** One look at a deployment and at what its gateways have counted since the look before. */
export interface Observation {
  /** Milliseconds from some moment on. */
  readonly at: number;
  readonly deployment: DeploymentState;
  readonly counts: Counts;
  /** What gateways had counted that are heard for the first time. */
  readonly past: Counts;
  /** Gateways that did not answer this time. */
  readonly silent: readonly string[];
  /** Gateways that have counted something since the look before that will never be known. */
  readonly gaps: readonly string[];
}

/** What is known of a new stack that is watched. */
interface Watched {
  readonly subject: Subject;
  readonly version: number;
  readonly phaseSince: number;
  /** The open window: since when, what was counted in it, and which gateways have lost a part of that. */
  readonly windowSince: number;
  readonly counts: Counts;
  readonly gaps: readonly string[];
  /** The last windows with a verdict, the oldest first. */
  readonly recent: readonly Verdict[];
  /** Windows passed since the last that failed. */
  readonly passes: number;
  /** What has been told of this phase. */
  readonly told: ReadonlySet<"passed" | "inconclusive">;
  /** Why the stack is to be taken back; nothing so far. There is no way out of it but a change of the deployment. */
  readonly failure: string | undefined;
}

/** What was counted in some time, a window at most. */
interface Reference {
  readonly since: number;
  readonly counts: Counts;
}

/** What an analysis remembers. */
export interface Analysis {
  /** What the gateways had counted before they were watched: for want of anything newer. */
  readonly past: Counts;
  /**
   * What each stack did of late while it was active and not itself watched, the oldest first: what a new stack is
   * compared with.
   */
  readonly references: Readonly<Record<Strategy, readonly Reference[]>>;
  readonly active: Strategy | undefined;
  readonly watched: Watched | undefined;
}

/** What an observation leads to. */
export interface Step {
  readonly analysis: Analysis;
  readonly events: readonly WatchEvent[];
  /** The new stack is to be taken back now, for this reason. Said at each step until it was. */
  readonly rollback: (EventSubject & { readonly reason: string }) | undefined;
}

/** How many windows of the former stack are what a new one is compared with. */
const referenceWindows = 10;

/** The beginning. */
export const firstAnalysis: Analysis = {
  past: noCounts,
  references: { blue: [], green: [] },
  active: undefined,
  watched: undefined,
};

/**
 * The one function that changes an analysis. Pure.
 *
 *     nothing to watch ⇄ announced → promoted → draining
 *
 * Each phase begins with a window of its own, and in each a stack can fail: failures are carried on into the next
 * phase, what has passed is not. Failed is final until the deployment changes.
 */
export function observe(analysis: Analysis, observation: Observation, settings: WatchSettings): Step {
  const { deployment } = observation;
  const subject = subjectOf(deployment);
  const remembered = remember(analysis, observation, subject, settings);
  const { watched } = analysis;
  if (subject === undefined) {
    const events = watched === undefined ? [] : [endOf(watched, deployment)];
    return { analysis: { ...remembered, watched: undefined }, events, rollback: undefined };
  }
  if (watched === undefined || !isSame(watched, subject, deployment)) {
    return enter(remembered, freshly(subject, observation));
  }
  if (subject.phase !== watched.subject.phase) {
    const recent = watched.recent.filter((verdict) => verdict === "fail");
    return enter(remembered, { ...freshly(subject, observation), recent, failure: watched.failure });
  }
  const counts = sumCounts([watched.counts, observation.counts]);
  const gaps = [...new Set([...watched.gaps, ...observation.gaps])];
  return countOn(remembered, { ...watched, version: deployment.version, counts, gaps }, observation, settings);
}

/** A stack is measured by what the other one did before: while it did all the work, and nothing was new about it. */
function remember(
  analysis: Analysis,
  observation: Observation,
  subject: Subject | undefined,
  { window }: WatchSettings,
): Analysis {
  const active = activeStack(observation.deployment);
  const isReference = active === analysis.active && active !== subject?.candidate;
  const own = isReference ? refer(analysis.references[active], observation, window) : analysis.references[active];
  const past = sumCounts([analysis.past, observation.past]);
  return { ...analysis, past, references: { ...analysis.references, [active]: own }, active };
}

/** Adds what was counted to the last reference, unless that is a window old; and forgets the oldest. */
function refer(references: readonly Reference[], { at, counts }: Observation, window: number): readonly Reference[] {
  const kept = references.filter(({ since }) => since > at - referenceWindows * window);
  const last = kept.at(-1);
  return last === undefined || last.since <= at - window
    ? [...kept, { since: at, counts }]
    : [...kept.slice(0, -1), { since: last.since, counts: sumCounts([last.counts, counts]) }];
}

/** Whether it is the same way of the same stack. A version that was missed may have been its end. */
function isSame(
  { subject: { candidate, former }, version }: Watched,
  now: Subject,
  deployment: DeploymentState,
): boolean {
  const isNext = deployment.version === version || deployment.version === version + 1;
  return isNext && candidate === now.candidate && former === now.former;
}

function freshly(subject: Subject, { at, deployment: { version } }: Observation): Watched {
  const told: Watched["told"] = new Set();
  const nothing = { counts: noCounts, gaps: [], recent: [], passes: 0, told, failure: undefined };
  return { subject, version, phaseSince: at, windowSince: at, ...nothing };
}

function enter(analysis: Analysis, watched: Watched): Step {
  const about = aboutOf(watched);
  return step(analysis, watched, [{ event: about.phase, ...about }]);
}

function countOn(analysis: Analysis, watched: Watched, observation: Observation, settings: WatchSettings): Step {
  const { at, silent } = observation;
  const length = at - watched.windowSince;
  if (watched.failure !== undefined || length < settings.window) {
    return overdue(step(analysis, watched, []), at, settings);
  }
  const judgement = judgeWindow(analysis, watched, silent, settings);
  const canWait = judgement.verdict === "inconclusive" && (judgement.needsCalls || silent.length > 0);
  if (canWait && length < settings.longestWindow) {
    return overdue(step(analysis, watched, []), at, settings);
  }
  return overdue(close(analysis, watched, judgement, observation, settings), at, settings);
}

/** Numbers that are missing may hide failures: without them nothing passes. */
function judgeWindow(
  analysis: Analysis,
  { subject, counts, gaps }: Watched,
  silent: readonly string[],
  settings: WatchSettings,
) {
  const { candidate, former, phase } = subject;
  const tally = (stack: Strategy, of: Counts) => readTally(of, stack, settings.errorStatuses);
  const lately = tally(former, sumCounts(analysis.references[former].map((reference) => reference.counts)));
  const judgement = judge(tally(candidate, counts), { lately, past: tally(former, analysis.past) }, phase, settings);
  return silent.length + gaps.length > 0 && judgement.verdict === "pass"
    ? { ...judgement, verdict: "inconclusive" as const }
    : judgement;
}

function close(
  analysis: Analysis,
  watched: Watched,
  { verdict, checks }: Judgement,
  { at, silent }: Observation,
  settings: WatchSettings,
): Step {
  const isConclusive = verdict !== "inconclusive";
  const recent = isConclusive ? [...watched.recent, verdict].slice(-settings.failures.of) : watched.recent;
  const passes = verdict === "pass" ? watched.passes + 1 : verdict === "fail" ? 0 : watched.passes;
  const seconds = secondsBetween(watched.windowSince, at);
  const { gaps } = watched;
  const report: WindowReport = { ...aboutOf(watched), verdict, seconds, checks, recent, silent, gaps };
  const hasFailed = recent.filter((one) => one === "fail").length >= settings.failures.count;
  const hasPassed = passes >= settings.passes && !watched.told.has("passed");
  const failure = hasFailed && verdict === "fail" ? describeFailure(report) : undefined;
  const next: Watched = { ...watched, windowSince: at, counts: noCounts, gaps: [], recent, passes, failure };
  return step(analysis, hasPassed ? { ...next, told: new Set([...next.told, "passed"]) } : next, [
    { event: "window", ...report },
    ...(hasPassed ? [{ event: "passed", ...report } as const] : []),
    ...(failure === undefined ? [] : [{ event: "failed", reason: failure, ...report } as const]),
  ]);
}

/** Says once that a phase lasts too long without a verdict. */
function overdue(result: Step, at: number, { deadline }: WatchSettings): Step {
  const { watched } = result.analysis;
  const isOver = watched !== undefined && at - watched.phaseSince >= deadline;
  if (!isOver || watched.told.size > 0 || watched.failure !== undefined) {
    return result;
  }
  const analysis = { ...result.analysis, watched: { ...watched, told: new Set(["inconclusive" as const]) } };
  const seconds = secondsBetween(watched.phaseSince, at);
  return { ...result, analysis, events: [...result.events, { event: "inconclusive", seconds, ...aboutOf(watched) }] };
}

function step(analysis: Analysis, watched: Watched, events: readonly WatchEvent[]): Step {
  const { failure } = watched;
  const rollback = failure === undefined ? undefined : { ...aboutOf(watched), reason: failure };
  return { analysis: { ...analysis, watched }, events, rollback };
}

function endOf(watched: Watched, { version, change: { verb, reason } }: DeploymentState): WatchEvent {
  return { event: "ended", ...aboutOf(watched), version, verb, ...(reason === undefined ? {} : { reason }) };
}

function aboutOf({ subject, version }: Watched): EventSubject {
  return { ...subject, version };
}

function secondsBetween(from: number, to: number): number {
  return Math.round(to - from) / 1000;
}
