import type { Finding, PhaseFacts, TabHeap } from "../facts.ts";
import { indexCalls, isExecute } from "./call-index.ts";
import { checkCalm } from "./check-calm.ts";
import { checkPins, checkPlace } from "./check-place.ts";
import { checkRecovery } from "./check-recovery.ts";
import { checkRows } from "./check-rows.ts";
import { checkWrites } from "./check-writes.ts";

/** Everything that must hold of a phase. */
export function checkPhase(facts: PhaseFacts, weather: "calm" | "wild"): Finding[] {
  const index = indexCalls(facts.calls);
  return [
    ...checkRows(facts, index),
    ...checkWrites(facts, index),
    ...checkPlace(facts, index),
    ...checkPins(facts, index),
    ...checkRecovery(facts, index),
    ...checkSubstance(facts),
    ...checkLeaks(facts),
    ...(weather === "calm" ? checkCalm(facts, index) : []),
  ];
}

/** Where something has left the client in any storm. An error, or a line of the console, there need not be. */
const everySource = ["span", "log", "event", "message", "stored"] as const;

/** That there was something to check: all jobs ended, and both stacks did work, in the tabs' eyes and in the record. */
export function checkSubstance({ outcomes, calls, jobs, tabs, pacedTabs, textsScanned }: PhaseFacts): Finding[] {
  const rule = "there is too little to tell";
  const paced = outcomes.filter(({ kind }) => kind === "paced").length;
  const ended = outcomes.length - paced;
  const idle = (["blue", "green"] as const).filter(
    (stack) =>
      !outcomes.some(({ end, strategy }) => end === "ok" && strategy === stack) ||
      !calls.some((call) => isExecute(call) && call.stack === stack && call.outcome.kind === "grpc"),
  );
  return [
    ...(ended >= jobs * tabs ? [] : [{ rule, facts: `${ended} of ${jobs * tabs} jobs ended` }]),
    ...(paced === pacedTabs ? [] : [{ rule, facts: `${paced} of ${pacedTabs} paced results ended` }]),
    ...everySource
      .filter((source) => textsScanned[source] === undefined)
      .map((source) => ({ rule, facts: `no ${source} was looked through` })),
    ...idle.map((stack) => ({ rule, facts: `nothing was done on ${stack}` })),
  ];
}

/** Nothing that left the client holds a user, a token, a session or SQL. */
export function checkLeaks({ leaks }: PhaseFacts): Finding[] {
  return leaks.map((text) => ({ rule: "a secret left the client", facts: text }));
}

/** What a tab may keep of a phase: caches that fill, and what the engine of the browser learns. */
const mostGrowth = 1024 * 1024;

/** Memory is flat: a tab holds no more after its work than before. */
export function checkHeaps(heaps: readonly TabHeap[]): Finding[] {
  return heaps
    .filter(({ before, after }) => !(after - before <= mostGrowth))
    .map(({ tab, before, after }) => ({
      rule: "a tab's memory grew",
      facts: `tab ${tab}: ${before} to ${after} bytes`,
    }));
}
