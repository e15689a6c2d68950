import { History } from "./history.ts";
import type { Plan } from "./plan.ts";
import { createPlan } from "./plan.ts";

/** Which histories are to happen: every `stride`-th seed from `from` on, before `until`. */
export interface Share {
  readonly from: number;
  readonly until: number;
  readonly stride: number;
  /** Only those of this course. */
  readonly course: string | undefined;
}

/** What came of many histories. */
export interface Tally {
  histories: number;
  steps: number;
  /** How many works ended in which way. */
  readonly counts: Map<string, number>;
  /** The seeds of the histories that break a property, by the property. */
  readonly found: Map<string, number[]>;
}

/** What came of none. */
export function emptyTally(): Tally {
  return { histories: 0, steps: 0, counts: new Map(), found: new Map() };
}

/** Adds what came of others. */
export function addTally(sum: Tally, { histories, steps, counts, found }: Tally): void {
  sum.histories += histories;
  sum.steps += steps;
  for (const [name, count] of counts) sum.counts.set(name, (sum.counts.get(name) ?? 0) + count);
  for (const [property, seeds] of found) sum.found.set(property, [...(sum.found.get(property) ?? []), ...seeds]);
}

/** Is told of a history before it begins, and of each property that is broken for the first time. */
export interface TallyWatch {
  readonly begins: (seed: number) => void;
  readonly found: (seed: number, text: string) => void;
  /** True: no further history is wanted. */
  readonly isEnough: () => boolean;
}

/** Lets the histories of a share happen, one after the other. */
export async function tallyUp({ from, until, stride, course }: Share, watch: TallyWatch): Promise<Tally> {
  const tally = emptyTally();
  for (let seed = from; seed < until && !watch.isEnough(); seed += stride) {
    const plan = createPlan(seed);
    if (course !== undefined && course !== plan.course) continue;
    watch.begins(seed);
    addTally(tally, await tallyOf(plan, (text) => watch.found(seed, text), tally.found));
  }
  return tally;
}

async function tallyOf(plan: Plan, tell: (text: string) => void, known: ReadonlyMap<string, unknown>): Promise<Tally> {
  const { findings, steps, counts } = await new History(plan).run();
  const found = new Map<string, number[]>();
  for (const { property, text } of findings) {
    if (!known.has(property) && !found.has(property)) tell(`${property}: ${text}`);
    found.set(property, [plan.seed]);
  }
  return { histories: 1, steps, counts: new Map(Object.entries(counts)), found };
}
