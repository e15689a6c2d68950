import type { History } from "./history.ts";
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

function checkFailure({ witness, outages }: History, tab: Tab, outcome: Outcome, name: string): void {
  const { number, code = "", rows, begunAt, endedAt } = outcome;
  const injuries = witness.injuries.get(number) ?? [];
  const isExcused =
    injuries.length > 0 ||
    outages.some(({ from, until }) => from <= endedAt && until >= begunAt) ||
    witness.otherMishaps.some((mishap) => mishap.tab === tab && mishap.at >= begunAt - 30_000 && mishap.at <= endedAt);
  if (!isExcused) witness.blame("nothing fails without a reason", `${name} failed by ${code}`);
  if (!known.has(code)) witness.blame("failures are known", `${name} failed by ${code}`);
  if (rows.length > 0 && code !== "RESULT_INTERRUPTED") {
    witness.blame("streams are interrupted", `${name} failed by ${code} after ${rows.length} rows`);
  }
}

const known: ReadonlySet<string> = new Set([
  "RESULT_INTERRUPTED",
  "SUBMISSION_UNKNOWN",
  "NETWORK",
  "GATEWAY",
  "RESOURCE_EXHAUSTED",
  "NOT_FOUND",
  "NO_ACTIVE_STACK",
  "STRATEGY_MISMATCH",
]);

/** Where everybody is when the deployment has come to rest and each has made some calls. */
export function checkRest(history: History): void {
  const { witness, deployment } = history;
  for (const tab of history.live) {
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

/** What is left when everybody has closed. */
export function checkClosed({ tabs, scheduler, witness }: History): void {
  for (const tab of tabs) {
    if (tab.isGone || tab.isFrozen) continue;
    const steps = scheduler.of(tab).map(({ label }) => label);
    const left = [...steps, ...tab.platform.inUse()];
    if (left.length > 0) witness.blame("nothing is left", `${tab.name}: ${left.join(", ")}`);
  }
}
