import { createRandom, type Random } from "../fuzz/random.ts";
import { type Strategy, strategies } from "../src/headers.ts";
import { otherStack } from "../src/strategy/candidates.ts";
import type { DeploymentChange } from "./deployment.ts";
import type { Weather } from "./latency.ts";
import { type Mishap, mishaps } from "./network.ts";
import type { StorageMood } from "./origin.ts";
import type { Work } from "./work.ts";

/** What happens in a history beside what follows from it. A tab is named by its place. */
export type Deed =
  | { readonly type: "deployment"; readonly change: DeploymentChange }
  | { readonly type: "work"; readonly tab: number; readonly work: Work }
  | { readonly type: "mishap"; readonly tab: number | undefined; readonly rpc: CallKind; readonly mishap: Mishap }
  /** The tab is gone; `isOpenedAgain`: another one takes its place. */
  | { readonly type: "crash"; readonly tab: number; readonly isOpenedAgain: boolean }
  /** The page stands still, `isPutAway`: in the back/forward cache. */
  | { readonly type: "freeze"; readonly tab: number; readonly isPutAway: boolean }
  | { readonly type: "thaw"; readonly tab: number; readonly isNoticed: boolean }
  | { readonly type: "storage"; readonly tab: number; readonly mood: StorageMood }
  | { readonly type: "locks"; readonly tab: number; readonly areThere: boolean }
  | { readonly type: "clear-site" }
  | { readonly type: "bells"; readonly lossShare: number };

/** Which calls a mishap may hit. */
export type CallKind = "any" | "sign-in" | "new" | "execute" | "fetch" | "end";

/** A deed and its time, in milliseconds from the beginning. */
export type Move = Deed & { readonly at: number };

/** How much goes wrong. */
export const courses = ["calm", "group", "stuck", "wiped", "sliding", "rough"] as const;

/** One of {@link courses}. */
export type Course = (typeof courses)[number];

/** All that is fixed before a history begins; what is left is the order of its steps. */
export interface Plan {
  readonly seed: number;
  /** The seed of the order in which its steps are done, and of how long they take. */
  readonly order: number;
  readonly course: Course;
  readonly weather: Weather;
  readonly tabs: number;
  readonly isBearer: boolean;
  /** Who announces: the gateway by its header, engines in their messages, or both. */
  readonly announcedBy: "header" | "message" | "both";
  readonly knowsManyBatches: boolean;
  /** In the end the stack that is not the active one still takes work. */
  readonly isLenient: boolean;
  readonly moves: readonly Move[];
}

/** When the deployment comes to rest, in milliseconds. */
export const restMs = 60_000;
/** When a group of tabs meets with a switch that nobody was told of. */
export const flipMs = 20_000;
/** How long work is begun after that, in milliseconds. */
const afterMs = 15_000;

/** Makes the plan of a history. */
export function createPlan(seed: number): Plan {
  const random = createRandom(seed, 1);
  const course = random.chance(0.55) ? "rough" : random.pick(courses);
  const tabs = course === "group" ? 2 + random.below(3) : random.pick([1, 1, 2, 2, 3, 4]);
  const announcedBy = course === "calm" ? "header" : random.pick(["header", "header", "both", "message"] as const);
  const facts = {
    seed,
    order: seed,
    course,
    weather: course === "rough" && random.chance(0.7) ? ("rough" as const) : ("calm" as const),
    tabs,
    isBearer: random.chance(0.25),
    announcedBy,
    knowsManyBatches: random.chance(0.5),
    isLenient: announcedBy !== "message" && random.chance(0.4),
  };
  const moves = courseMoves[course](random, facts);
  return { ...facts, moves: moves.toSorted((one, other) => one.at - other.at) };
}

type Facts = Omit<Plan, "moves">;

const courseMoves: Readonly<Record<Course, (random: Random, facts: Facts) => Move[]>> = {
  /** An announcement, some time, and the switch: as it should be. */
  calm: (random, facts) => [
    ...promotion(random, facts, "green", 10_000, 35_000 + random.below(10_000), 0),
    ...works(random, facts.tabs, 6 * facts.tabs, 0, restMs, 0),
    // Each tab has something to do in between, by which it hears of the switch to come.
    ...works(random, facts.tabs, facts.tabs, 10_100, 14_000, 0),
    ...works(random, facts.tabs, 2 * facts.tabs, 10_100, 34_000, 0),
    // One tab is let in late: until then it goes on where it is.
    { type: "mishap", at: 10_000, tab: random.below(facts.tabs), rpc: "sign-in", mishap: "late" },
  ],
  /** Much work at a time, and a switch that nobody was told of. */
  group: (random, facts) => [
    ...works(random, facts.tabs, facts.tabs, 0, 1, 0).map((move) => ({ ...move, at: 0 })),
    ...promotion(random, facts, "green", flipMs, flipMs, 0),
    ...[0, 1, 2].flatMap((round) =>
      works(random, facts.tabs, 5 * facts.tabs, flipMs - 100 + round * 100, flipMs + round * 100, 0),
    ),
  ],
  /** A stack is announced that accepts sign-ins and refuses all work. */
  stuck: (random, facts) => [
    ...deployment(5_000, [{ type: "accept", stack: "green", what: "sign-ins" }, ...tell(facts, "green")]),
    ...works(random, facts.tabs, 30, 0, 30_000, 0),
    ...deployment(45_000, [{ type: "accept", stack: "green", what: "none" }, ...tell(facts, "blue")]),
  ],
  /** The site's data are cleared, and one tab alone goes on. */
  wiped: (random, facts) => [
    ...works(random, facts.tabs, 2 * facts.tabs, 0, 20_000, 0),
    ...promotion(random, facts, "green", 5_000, 10_000, 0),
    { type: "clear-site", at: 25_000 },
    ...works(random, 1, 4, 25_000, 40_000, 0),
    ...promotion(random, facts, "blue", 30_000, 30_000, 0),
  ],
  /** Sessions get new ids all the time, and some answers come late. */
  sliding: (random, facts) => [
    ...works(random, facts.tabs, 12 * facts.tabs, 0, 40_000, 0),
    ...Array.from({ length: 12 }, (_, index) => deployment(3_000 * index, [{ type: "renew", stack: "blue" }])).flat(),
    ...Array.from({ length: 4 }, () => mishap(random, facts.tabs, 30_000, ["late"])),
  ],
  rough: (random, facts) => {
    const pace = random.pick([4_000, 15_000, 50_000]);
    return [
      ...story(random, facts, pace),
      ...works(random, facts.tabs, (2 + random.below(4)) * facts.tabs, 0, pace, 0.25),
      ...works(random, facts.tabs, 2 * facts.tabs, restMs - 5_000, restMs + afterMs, 0.1),
      ...some(random, [0, 0, 1, 2, 3], () => mishap(random, facts.tabs, pace)),
      ...some(random, [0, 0, 1, 2], () => trouble(random, facts.tabs, pace)),
    ].flat();
  },
};

function some<T>(random: Random, counts: readonly number[], make: () => T): T[] {
  return Array.from({ length: random.pick(counts) }, make);
}

/** What happens to the deployment: one thing after the other, in some haste. */
function story(random: Random, facts: Facts, pace: number): Move[] {
  const moves: Move[] = [];
  let active: Strategy = "blue";
  let at = 0;
  for (let left = 1 + random.below(4); left > 0; left--) {
    at += random.below(pace);
    if (at > restMs - 10_000) break;
    const chapter = random.pick(chapters);
    moves.push(...chapter(random, facts, active, at));
    if (chapter === promote || chapter === flip) active = otherStack(active);
  }
  return moves;
}

type Chapter = (random: Random, facts: Facts, active: Strategy, at: number) => Move[];

/** Announced, and then made. */
const promote: Chapter = (random, facts, active, at) =>
  promotion(random, facts, otherStack(active), at, at + random.below(8_000), random.below(3_000));

/** Made, without a word before. */
const flip: Chapter = (random, facts, active, at) =>
  promotion(random, facts, otherStack(active), at, at, random.below(3_000));

/** Announced, and called off. */
const callOff: Chapter = (random, facts, active, at) => {
  const stack = otherStack(active);
  const off = at + random.below(5_000);
  const refused = { type: "accept", stack, what: "none" } as const;
  return [
    ...announcement(random, facts, stack, at),
    ...deployment(off, [...tell(facts, active), ...(facts.isLenient ? [] : [refused])]),
    ...(facts.announcedBy === "header" ? [] : deployment(off + 20_000, [{ type: "say", stack: undefined }])),
  ].flat();
};

const lose: Chapter = (random, _facts, active, at) => {
  const stack = random.chance(0.7) ? active : otherStack(active);
  const what = random.pick(["restart", "expire", "renew", "renew"] as const);
  const downMs = 500 + random.below(5_000);
  if (what !== "restart" || random.chance(0.5)) return deployment(at, [{ type: what, stack }]);
  return [
    ...deployment(at, [
      { type: "restart", stack },
      { type: "down", stack, isDown: true },
    ]),
    ...deployment(at + downMs, [{ type: "down", stack, isDown: false }]),
  ];
};

const suspend: Chapter = (_random, _facts, _active, at) => deployment(at, [{ type: "suspend" }]);

const chapters: readonly Chapter[] = [promote, promote, flip, flip, callOff, callOff, lose, lose, suspend];

function promotion(
  random: Random,
  facts: Facts,
  stack: Strategy,
  announcedAt: number,
  at: number,
  lagMs: number,
): Move[] {
  const old = otherStack(stack);
  const isHard = facts.course !== "calm" && random.chance(0.4);
  const isLate = facts.course === "rough" && facts.announcedBy !== "message" && random.chance(0.3);
  const isOpen = facts.course === "rough" && random.chance(0.3);
  const leaves: DeploymentChange[] = [{ type: "accept", stack: old, what: isOpen ? "sign-ins" : "none" }];
  if (isHard) leaves.push({ type: "continue", stack: old, isContinuing: false });
  return [
    ...(announcedAt < at ? announcement(random, facts, stack, announcedAt) : []),
    ...deployment(at, [{ type: "activate", stack }]),
    ...deployment(at + lagMs, [{ type: "lead", stack }, ...tell(facts, stack)]),
    // It may go on to take new work for a while, and only the gateway says that it should not be asked.
    // Before all comes to rest: what the old stack then does is for good.
    ...deployment(isLate ? Math.min(at + random.below(20_000), restMs - 1) : at, leaves),
  ].flat();
}

/** From being told to being ready: a stack that is announced takes nothing at first, or sign-ins only, or all. */
function announcement(random: Random, facts: Facts, stack: Strategy, at: number): Move[] {
  const what = facts.course === "calm" ? "all" : random.pick(["all", "all", "sign-ins", "none"] as const);
  const readyMs = random.below(4_000);
  const isLate = facts.course === "rough" && random.chance(0.5);
  return [
    ...deployment(at, [{ type: "accept", stack, what }, ...tell(facts, stack)]),
    ...(isLate ? deployment(at + readyMs, [{ type: "accept", stack, what: "all" }]) : []),
  ];
}

/** Says which stack is the one to come, as these engines and this gateway say it. */
function tell({ announcedBy }: Facts, stack: Strategy): DeploymentChange[] {
  return [
    ...(announcedBy === "message" ? [] : [{ type: "name", stack } as const]),
    ...(announcedBy === "header" ? [] : [{ type: "say", stack } as const]),
  ];
}

function deployment(at: number, changes: readonly DeploymentChange[]): Move[] {
  return changes.map((change) => ({ type: "deployment", at, change }));
}

/** Begins work in any tab, at any time of a span. */
function works(random: Random, tabs: number, count: number, from: number, until: number, impatience: number): Move[] {
  return Array.from({ length: count }, (_, index) => ({
    type: "work",
    tab: index % tabs,
    at: from + random.below(until - from),
    work: {
      kind: random.pick(["read", "read", "read", "stream", "cursor", "write", "look-up"] as const),
      batches: random.below(4),
      rowsInBatch: 1 + random.below(3),
      isCounted: random.chance(0.8),
      pauseMs: random.pick([0, 0, 50, 2_000]),
      leaveAfter: random.chance(impatience) ? 1 + random.below(4) : undefined,
      abortAfterMs: random.chance(impatience / 2) ? random.below(3_000) : undefined,
    },
  }));
}

function mishap(
  random: Random,
  tabs: number,
  pace: number,
  kinds: readonly Mishap[] = [...mishaps, "late", "late", "slow"],
): Move {
  return {
    type: "mishap",
    at: random.below(pace),
    tab: random.chance(0.5) ? undefined : random.below(tabs),
    rpc: random.pick(["any", "sign-in", "new", "execute", "fetch", "end"] as const),
    mishap: random.pick(kinds),
  };
}

/** What a browser does to a tab. */
function trouble(random: Random, tabs: number, pace: number): Move[] {
  const tab = random.below(tabs);
  const at = random.below(pace);
  const later = at + random.below(30_000);
  switch (
    random.pick(["crash", "crash", "freeze", "freeze", "storage", "storage", "locks", "clear", "bells"] as const)
  ) {
    case "crash":
      return [{ type: "crash", at, tab, isOpenedAgain: random.chance(0.8) }];
    case "freeze":
      return [
        { type: "freeze", at, tab, isPutAway: random.chance(0.5) },
        ...(random.chance(0.9) ? [{ type: "thaw", at: later, tab, isNoticed: random.chance(0.8) } as const] : []),
      ];
    case "storage":
      return [
        { type: "storage", at, tab, mood: random.pick(["hangs", "fails"] as const) },
        { type: "storage", at: later, tab, mood: "well" },
      ];
    case "locks":
      return [{ type: "locks", at, tab, areThere: false }];
    case "clear":
      return [{ type: "clear-site", at }];
    case "bells":
      return [{ type: "bells", at, lossShare: random.pick([0.3, 1]) }];
  }
}

/** What makes a deployment one that has come to rest. */
export function restChanges(plan: Plan, active: Strategy): DeploymentChange[] {
  const other = otherStack(active);
  return [
    { type: "activate", stack: active },
    { type: "lead", stack: active },
    { type: "say", stack: undefined },
    ...(plan.announcedBy === "message" ? [] : [{ type: "name", stack: active } as const]),
    { type: "accept", stack: other, what: plan.isLenient ? "all" : "none" },
    ...strategies.map((stack) => ({ type: "down", stack, isDown: false }) as const),
  ];
}
