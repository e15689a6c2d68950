import { checkHeaps, checkPhase } from "./checks/check-phase.ts";
import type { Finding, TabHeap } from "./facts.ts";
import type { Phase } from "./phase.ts";
import { type PhaseSummary, summarise } from "./report.ts";
import type { Storm } from "./storm.ts";

/** How much is done in a round, over all tabs: a quarter of it in calm weather, the rest in wild. */
export interface RoundSize {
  readonly tabs: number;
  readonly queries: number;
  readonly flips: number;
}

/** What came of a phase. */
export interface PhaseOutcome {
  readonly weather: Phase["weather"];
  readonly summary: PhaseSummary;
  readonly findings: readonly Finding[];
}

/** Ten minutes of a result that gives a batch a second. */
const pacedBatches = 600;
/** What each tab has at a time. */
const lanes = 3;

/** Lets every tab meet everything once, so that what it keeps for good is there before memory is looked at. */
export async function warmUp(storm: Storm): Promise<void> {
  await storm.run({ seed: 0, jobs: 30, lanes, flips: 2, weather: "calm", pacedBatches: 0 });
  await storm.run({ seed: 0, jobs: 10, lanes, flips: 2, weather: "wild", pacedBatches: 0 });
}

/** Runs a round: first calm, then wild. Each phase is told as it ends. */
export async function* runRound(
  storm: Storm,
  seed: number,
  { tabs, queries, flips }: RoundSize,
): AsyncGenerator<PhaseOutcome, void> {
  const part = (share: number) => ({ jobs: Math.ceil((queries * share) / tabs), flips: Math.ceil(flips * share) });
  yield await runChecked(storm, { seed, lanes, weather: "calm", pacedBatches, ...part(0.25) });
  yield await runChecked(storm, { seed: seed + 1, lanes, weather: "wild", pacedBatches: 0, ...part(0.75) });
}

async function runChecked(storm: Storm, phase: Phase): Promise<PhaseOutcome> {
  const before = await storm.held();
  const facts = await storm.run(phase);
  const heaps = (await storm.held()).map((after, tab): TabHeap => ({ tab, before: before[tab] ?? 0, after }));
  const { weather } = phase;
  return {
    weather,
    summary: summarise(facts, heaps),
    findings: [...checkPhase(facts, weather), ...checkHeaps(heaps)],
  };
}

/** Findings in few words: each broken rule with its first example. */
export function describeFindings(findings: readonly Finding[]): string {
  const groups = [...Map.groupBy(findings, ({ rule }) => rule)];
  return groups.map(([rule, [first, ...more]]) => `${rule} (${1 + more.length} times)\n${first?.facts}`).join("\n\n");
}
