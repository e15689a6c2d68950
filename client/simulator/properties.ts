import type { History } from "./history.ts";
import { flipMs, type Plan, restMs } from "./plan.ts";
import type { Tab } from "./tab.ts";
import type { Outcome } from "./work.ts";

/** What became of each work, when nothing happens any more. */
export function checkOutcomes(history: History): void {
  for (const tab of history.live) {
    for (const outcome of tab.outcomes) checkOutcome(history, tab, outcome);
    const open = tab.connection.strategy.pins;
    if (open.length > 0) history.witness.blame("pins are balanced", `${tab.name} still holds ${JSON.stringify(open)}`);
    const left = history.witness.leftOpen(tab);
    if (left.length > 0) history.witness.blame("pins are balanced", `${tab.name} never gave back ${left}`);
  }
}

/** Who hears all bells knows what the row says, without a call of its own. */
export function checkNews({ tabs, live, plan, origin, witness }: History): void {
  const areHeard = plan.moves.every(
    ({ type }) => type !== "bells" && type !== "crash" && type !== "freeze" && type !== "storage",
  );
  const { row } = origin;
  if (!areHeard || row === undefined || tabs.some(({ isAlone, restoredAt }) => isAlone || restoredAt > 0)) return;
  for (const { name, view } of live) {
    if (view.lineage !== row.lineage || view.version !== row.version) {
      witness.blame(
        "news travel",
        `${name} knows of ${view.lineage} ${view.version}, not of ${row.lineage} ${row.version}`,
      );
    }
  }
}

function checkOutcome(history: History, tab: Tab, outcome: Outcome): void {
  const { number, work, state, rows } = outcome;
  const { witness } = history;
  const name = `${work.kind} ${number} of ${tab.name}`;
  if (rows.some((row, index) => row !== index)) witness.blame("no row lost or twice", `${name} has ${rows}`);
  if (state === "running") witness.blame("all work ends", `${name} never ended`);
  if (state === "done" && work.kind !== "look-up") {
    const expected = work.kind === "write" ? 0 : work.batches * work.rowsInBatch;
    if (rows.length !== expected)
      witness.blame("no row lost or twice", `${name} has ${rows.length} of ${expected} rows`);
    const times = witness.executions.get(number) ?? 0;
    if (times < 1) witness.blame("nothing is done that was not", `${name} was never executed`);
  }
  if (state === "failed") checkFailure(history, tab, outcome, name);
}

/** How many failures of its calls a work gets over, and how long a stretch without any stack, in milliseconds. */
const curable = { failures: 3, outageMs: 40_000 };

function checkFailure(history: History, tab: Tab, outcome: Outcome, name: string): void {
  const { witness } = history;
  const { number, work, code = "", rows } = outcome;
  const injuries = witness.injuries.get(number) ?? [];
  const others = witness.otherMishaps.filter((mishap) => mishap.tab === tab && isDuring(outcome, mishap.at));
  const count = injuries.length + others.length;
  const blame = (property: string) => witness.blame(property, `${name} failed by ${code} after ${rows.length} rows`);
  if (work.kind === "write" || rows.length > 0) {
    if (count === 0) blame("nothing fails without a reason");
    // What no engine has taken, and was refused too often, may be begun anew by whoever wants it.
    const isRefused = !witness.executions.has(number) && count > curable.failures;
    const isClear = failuresOfWrites.has(code) || isRefused;
    if (rows.length > 0 ? code !== "RESULT_INTERRUPTED" : !isClear) blame("failures are what they are");
  } else if (count <= curable.failures && outageMs(history, outcome) < curable.outageMs) {
    blame("what only reads never fails");
  }
  const isUnknown = injuries.some(({ rpc, what }) => rpc === "executeStatement" && lost.has(what));
  if (code === "SUBMISSION_UNKNOWN" && !isUnknown) blame("failures are what they are");
}

const failuresOfWrites: ReadonlySet<string> = new Set(["RESULT_INTERRUPTED", "SUBMISSION_UNKNOWN"]);
/** After these nobody knows whether the call has arrived. */
const lost: ReadonlySet<string> = new Set(["unreachable", "lost", "cut", "reset"]);

function isDuring({ begunAt, endedAt }: Outcome, at: number): boolean {
  return at >= begunAt && at <= endedAt;
}

/** How long no stack took all work while a work went on. */
function outageMs({ outages }: History, { begunAt, endedAt }: Outcome): number {
  const spans = outages.map(({ from, until }) => Math.min(until, endedAt) - Math.max(from, begunAt));
  return spans.reduce((sum, span) => sum + Math.max(0, span), 0);
}

/** Where everybody is when the deployment has come to rest and each has made some calls. */
export function checkRest(history: History): void {
  const { witness, deployment } = history;
  for (const tab of history.live) {
    // One that has just put an old row in the place of what it knew alone has to find out again: the answer to its next work tells it.
    if (tab.restoredAt >= (tab.outcomes.at(-2)?.begunAt ?? 0)) continue;
    const { active, pending } = tab.view;
    if (active !== deployment.active) {
      witness.blame("all arrive", `${tab.name} is on ${active}, not ${deployment.active}`);
    }
    if (pending !== undefined) witness.blame("all arrive", `${tab.name} still waits for ${pending.stack}`);
    for (const { number, state, code } of tab.outcomes.slice(-3)) {
      if (state !== "done") witness.blame("all arrive", `read ${number} of ${tab.name} ${state} ${code ?? ""}`);
    }
    const last = witness.accepted.findLast((call) => call.tab === tab);
    if (last?.stack !== deployment.active) {
      witness.blame("all arrive", `the last work of ${tab.name} went to ${last?.stack}, not ${deployment.active}`);
    }
  }
}

/**
 * How often a tab signs in on a stack that work moves to, at most: under its own view of the announcement, under that of another tab
 * that was faster, and under the epoch that a third one has begun. What is announced in two ways, by engines and then by the gateway, is
 * asked for twice.
 */
const mostSignIns = ({ announcedBy }: Plan) => (announcedBy === "both" ? 5 : 3);

/** As it should be: announced in time, and switched. Nobody is refused, and nobody waits but for the first sign-in of a tab. */
export function checkCalm({ witness, tabs, plan }: History): void {
  for (const { tab, stack } of witness.refusals) witness.blame("no wait", `${tab.name} was refused by ${stack}`);
  for (const tab of tabs) {
    const first = witness.accepted.find((call) => call.tab === tab)?.at ?? 0;
    for (const { number, begunAt, waits } of tab.outcomes) {
      if (waits > (begunAt < first ? 1 : 0))
        witness.blame("no wait", `statement ${number} of ${tab.name} waited ${waits} times`);
    }
    const signIns = witness.signIns.filter((call) => call.tab === tab).length;
    if (signIns > 1 + mostSignIns(plan))
      witness.blame("no wait", `${tab.name} signed in ${signIns} times for two stacks`);
  }
}

/**
 * A switch that nobody was told of, amidst much work: each tab signs in on the other stack, and nobody asks
 * the one that has refused, unless the gateway announces it, which lags behind: as often as its answers come in another order.
 */
export function checkGroup({ witness, tabs, plan }: History): void {
  for (const tab of tabs) {
    const asked = witness.signIns.filter((call) => call.tab === tab && call.at > flipMs);
    // What is announced before it takes work is asked again; and who is refused by it asks the other stack once more.
    const wasRefused = (before: number) =>
      asked.slice(0, before).some(({ stack, isAccepted }) => stack === "green" && !isAccepted);
    const counts = asked.filter(({ stack, isAccepted, isInvited }, index) =>
      stack === "green" ? isAccepted : !isInvited && !wasRefused(index),
    );
    const signIns = counts.map(({ stack }) => stack);
    if (signIns.length > mostSignIns(plan) || signIns.includes("blue"))
      witness.blame("one search", `${tab.name} signed in on ${signIns}`);
  }
}

/** A stack that lets everybody in and does nothing: it is tried again after 1 s, 2 s, 4 s and so on. */
export function checkStuck({ witness }: History): void {
  if (witness.changes > 1 + 2 * mostTries)
    witness.blame("no to and fro", `the active stack changed ${witness.changes} times`);
}

/** How often a stack that is announced for 40 s may be tried in vain, by whoever is the first to forget the last time. */
const mostTries = 6;

/**
 * Who has come to the active stack stays there, unless it puts an old row in the place of what it knew alone, or hears for the first time
 * of an epoch that somebody began before the deployment came to rest.
 */
export function checkReturns({ witness, tabs }: History): void {
  for (const tab of tabs) {
    const since = Math.max(restMs, tab.restoredAt);
    const { at: arrival, sentAt } = witness.accepted.find((call) => call.tab === tab && call.sentAt > since) ?? never;
    const back = witness.refusals.find(
      (call) => call.tab === tab && call.sentAt > arrival && !witness.isLateNews(call, restMs, sentAt),
    );
    if (back !== undefined) witness.blame("no way back", `${tab.name} went back to ${back.stack} at ${back.sentAt}`);
  }
}

const never = { at: Number.POSITIVE_INFINITY, sentAt: Number.POSITIVE_INFINITY };

/** What is left when everybody has closed. */
export function checkClosed({ tabs, scheduler, witness }: History): void {
  for (const tab of tabs) {
    if (tab.isGone || tab.isFrozen) continue;
    const steps = scheduler.of(tab).map(({ label }) => label);
    const left = [...steps, ...tab.platform.inUse()];
    if (left.length > 0) witness.blame("nothing is left", `${tab.name}: ${left.join(", ")}`);
  }
}
