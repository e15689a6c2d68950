import type { CallRecord } from "@e6data-web/mock";
import type { Connection } from "e6data-web";
import type { FlipFact, FlipKind, FlipOrder, LostStack, PhaseFacts } from "./facts.ts";
import { flip, watchArrival } from "./flips.ts";
import { longestOutageMs, lostCalls, restart, slowCalls } from "./mishaps.ts";
import { createdPrefix, createScratch, scratchTable } from "./page/statements.ts";
import type { Stack, Work } from "./page/told.ts";
import { createRandom, type Random } from "./random.ts";
import type { StormParts } from "./storm-parts.ts";

/** A part of a storm. */
export interface Phase {
  /** The same for the same deeds in the same order. */
  readonly seed: number;
  /** How many jobs each tab does at least: all work until the last flip is done. */
  readonly jobs: number;
  /** How many of them at a time. */
  readonly lanes: number;
  /** How many flips are done meanwhile. */
  readonly flips: number;
  /**
   * What happens: announced switches and slow calls only (`calm`), or everything, sessions, connections and stacks that are
   * lost among it (`wild`).
   */
  readonly weather: "calm" | "wild";
  /** Batches of a result that two of the tabs read beside all jobs; 0: there is none. */
  readonly pacedBatches: number;
}

/** Of a hundred flips in a wild phase, about so many of each kind. */
const wildFlips: readonly (readonly [number, FlipKind])[] = [
  [30, "announced"],
  [10, "hurried"],
  [10, "silent"],
  [15, "hard"],
  [10, "announced-hard"],
  [15, "called-off"],
  [10, "there-and-back"],
];

/** In a wild phase each so many-th flip is preceded by a mishap. */
const [flipsPerExpiry, flipsPerRestart] = [6, 5];

const eitherStack: readonly (readonly [number, Stack])[] = [
  [1, "blue"],
  [1, "green"],
];

/** How many tabs read the paced result. */
const pacedTabs = 2;

/** Runs a phase to its end, brings the deployment to rest, and gathers what was seen. */
export async function runPhase(parts: StormParts, phase: Phase): Promise<PhaseFacts> {
  const { mock, ledger, tabs, keeper } = parts;
  await keeper.query(createScratch);
  ledger.clear();
  const startedAt = performance.now();
  mock.control.faults(phase.weather === "calm" ? slowCalls : [...slowCalls, ...lostCalls]);
  const working = Promise.all(tabs.map((tab) => tab.run(workOf(phase, tab.number))));
  // Where the deeds fail, it is that failure which is told, not what becomes of the tabs then.
  working.catch(() => undefined);
  const deeds = await doDeeds(parts, phase);
  for (const tab of tabs) await tab.stop();
  await working;
  mock.control.clearFaults();
  const seconds = (performance.now() - startedAt) / 1000;
  const pins = await settlePins(parts);
  for (const tab of tabs) ledger.text("stored", await tab.stored());
  const calls = ledger.calls.toSorted((a, b) => a.number - b.number);
  const { outcomes, events, longTimers, textsScanned } = ledger;
  const written = await readWritten(keeper);
  const { seed, jobs } = phase;
  return {
    ...{ seed, jobs, seconds, tabs: tabs.length, pacedTabs: tabs.filter((tab) => isPaced(phase, tab.number)).length },
    ...{ outcomes, events, longTimers, textsScanned, calls, pins, written },
    ...deeds,
    leaks: [...ledger.leaks, ...idsThatLeaked(calls, ledger.ids)],
  };
}

function workOf(phase: Phase, tab: number): Work {
  const { seed, jobs, lanes, pacedBatches } = phase;
  return { seed, jobs, lanes, pacedBatches: isPaced(phase, tab) ? pacedBatches : 0 };
}

function isPaced({ pacedBatches }: Phase, tab: number): boolean {
  return pacedBatches > 0 && tab < pacedTabs;
}

interface Deeds {
  readonly flips: readonly FlipFact[];
  readonly lostStacks: readonly LostStack[];
  readonly expiries: readonly number[];
}

/** Does the flips and the mishaps of a phase, spread over its jobs. */
async function doDeeds(parts: StormParts, phase: Phase): Promise<Deeds> {
  const { deployer, ledger, tabs, mock } = parts;
  const random = createRandom(phase.seed);
  const allJobs = phase.jobs * tabs.length;
  const context = { deployer, ledger, users: tabs.map(({ user }) => user) };
  const [flips, lostStacks, expiries]: [FlipFact[], LostStack[], number[]] = [[], [], []];
  for (let number = 1; number <= phase.flips; number++) {
    const from = Math.floor((allJobs * (number - 0.5)) / phase.flips);
    await ledger.until(`${from} jobs end`, () => ledger.outcomes.length >= from);
    if (phase.weather === "wild" && number % flipsPerExpiry === 0) {
      expiries.push(Date.now());
      mock.control.expire(random.pick(eitherStack));
    }
    if (phase.weather === "wild" && number % flipsPerRestart === 0) {
      lostStacks.push(await restart(mock, random.pick(eitherStack), random.between(0, longestOutageMs)));
    }
    const [kind, order] = pickFlip(phase, random);
    flips.push(await flip(context, kind, order));
  }
  // Nobody is left behind.
  await watchArrival(context, deployer.active)();
  return { flips, lostStacks, expiries };
}

function pickFlip({ weather }: Phase, random: Random): readonly [FlipKind, FlipOrder] {
  const order = random.pick([
    [1, "engines-first"],
    [1, "gateway-first"],
  ] as const);
  return [weather === "calm" ? "announced" : random.pick(wildFlips), order];
}

/** How many queries each tab holds once all that it gives back in the background has been answered. */
async function settlePins({ tabs }: StormParts): Promise<readonly number[]> {
  const pins = () => Promise.all(tabs.map((tab) => tab.pins()));
  for (let tries = 0; tries < 100; tries++) {
    if ((await pins()).every((count) => count === 0)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await pins();
}

/** Session ids that the mock gave out, and that stood in a text. */
function idsThatLeaked(calls: readonly CallRecord[], ids: ReadonlySet<string>): readonly string[] {
  const given = new Set(calls.flatMap(({ session }) => session ?? []));
  return [...given].filter((id) => ids.has(id.replaceAll("-", ""))).map((id) => `the session id ${id}`);
}

/** How often each key is in the scratch table, and the keys of the tables that were made, which are dropped. */
async function readWritten(keeper: Connection): Promise<ReadonlyMap<string, number>> {
  const rows = await keeper.query(`select key, count(*) from ${scratchTable} group by key`);
  const written = new Map(rows.rows().map(([key, count]) => [String(key), Number(count)]));
  const tables = await keeper.query("select table_name from information_schema.tables where table_name like ?", [
    `${createdPrefix}%`,
  ]);
  for (const [name] of tables.rows()) {
    written.set(String(name).slice(createdPrefix.length), 1);
    await keeper.query(`drop table ${name}`);
  }
  return written;
}
