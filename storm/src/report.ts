import { indexCalls, isExecute, isPrepare } from "./checks/call-index.ts";
import type { FlipFact, FlipKind, PhaseFacts, TabHeap } from "./facts.ts";

/** What a phase comes down to: every number is one of the record or of the tabs. Times in milliseconds. */
export interface PhaseSummary {
  readonly seed: number;
  readonly seconds: number;
  readonly tabs: number;
  readonly jobs: number;
  readonly calls: number;
  /** How the jobs ended, by kind and end. */
  readonly ends: Readonly<Record<string, number>>;
  readonly flips: Readonly<Partial<Record<FlipKind, number>>>;
  readonly mishaps: {
    readonly slowCalls: number;
    readonly lostCalls: number;
    readonly expiries: number;
    readonly restarts: number;
    /** The longest time that a stack was down, in milliseconds. */
    readonly longestOutage: number;
  };
  /** Medians and worst cases of the flips that came to another stack, since they began. */
  readonly switches: {
    /** Until the first query on the new stack. */
    readonly firstNew: Spread;
    /** Until the promotion. */
    readonly promoted: Spread;
    /** Until the last query was begun on the old stack. */
    readonly lastOld: Spread;
    /** Until the last call about a query of the old stack. */
    readonly oldIdle: Spread;
  };
  /** How long queries of one batch took, outside and within flips. */
  readonly latency: { readonly outside: Latency; readonly within: Latency };
  /** Answers 456 by the stacks, sign-ins, and what the tabs told of recoveries. */
  readonly counts: Readonly<Record<string, number>>;
  /** The most that a tab held more after its work than before, in bytes. */
  readonly heapGrowth: number;
}

/** The middle and the worst of some numbers; nothing where there are none. */
export interface Spread {
  readonly median: number | undefined;
  readonly worst: number | undefined;
}

/** How long something took. */
export interface Latency {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** Sums a phase up. */
export function summarise(facts: PhaseFacts, heaps: readonly TabHeap[]): PhaseSummary {
  const { seed, seconds, tabs, outcomes, calls, flips, lostStacks, expiries } = facts;
  return {
    ...{ seed, seconds, tabs, jobs: outcomes.length, calls: calls.length },
    ends: countBy(outcomes, ({ kind, end }) => `${kind} ${end}`),
    flips: countBy(flips, ({ kind }) => kind),
    mishaps: {
      slowCalls: calls.filter(({ fault }) => fault !== undefined && fault.form === undefined).length,
      lostCalls: calls.filter(({ fault }) => fault?.form !== undefined).length,
      expiries: expiries.length,
      restarts: lostStacks.length,
      longestOutage: Math.max(0, ...lostStacks.map(({ from, to }) => to - from)),
    },
    switches: switchesOf(facts),
    latency: latencyOf(facts),
    counts: countsOf(facts),
    heapGrowth: Math.max(...heaps.map(({ before, after }) => after - before)),
  };
}

function switchesOf({ calls, flips }: PhaseFacts): PhaseSummary["switches"] {
  const offsets = flips.flatMap((flip, i) => {
    if (flip.from === flip.to) return [];
    const until = flips[i + 1]?.begunAt ?? Number.POSITIVE_INFINITY;
    const during = calls.filter(({ time }) => time >= flip.begunAt && time < until);
    const since = (call: { readonly time: number } | undefined) => call && call.time - flip.begunAt;
    const isBegun = (stack: FlipFact["from"]) => (call: (typeof calls)[number]) =>
      call.stack === stack && isPrepare(call) && call.outcome.kind === "grpc";
    return [
      {
        firstNew: since(during.find(isBegun(flip.to))),
        promoted: flip.promotedAt && flip.promotedAt - flip.begunAt,
        lastOld: since(during.findLast(isBegun(flip.from))),
        oldIdle: since(during.findLast(({ stack, query }) => stack === flip.from && query !== undefined)),
      },
    ];
  });
  const spread = (key: "firstNew" | "promoted" | "lastOld" | "oldIdle"): Spread => {
    const sorted = offsets.flatMap((offset) => offset[key] ?? []).sort((a, b) => a - b);
    return { median: quantile(sorted, 0.5), worst: sorted.at(-1) };
  };
  return {
    ...{ firstNew: spread("firstNew"), promoted: spread("promoted") },
    ...{ lastOld: spread("lastOld"), oldIdle: spread("oldIdle") },
  };
}

function latencyOf({ outcomes, flips }: PhaseFacts): PhaseSummary["latency"] {
  const short = outcomes.filter(({ kind, end }) => kind === "short" && end === "ok");
  const { true: within = [], false: outside = [] } = Object.groupBy(short, ({ begunAt, tookMs }) =>
    String(flips.some((flip) => begunAt <= flip.endedAt && begunAt + tookMs >= flip.begunAt)),
  );
  return { outside: latency(outside), within: latency(within) };
}

function latency(outcomes: readonly { readonly tookMs: number }[]): Latency {
  const sorted = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function countsOf({ calls, outcomes, events, longTimers }: PhaseFacts): PhaseSummary["counts"] {
  const { ofJob } = indexCalls(calls);
  const prepares = outcomes.map((outcome) => ofJob(outcome).filter(isPrepare).length);
  const isCursor = outcomes.map(({ kind }) => kind === "cursor");
  return {
    "answers 456": calls.filter(({ outcome }) => outcome.kind === "http" && outcome.status === 456).length,
    "sign-ins": calls.filter(({ rpc }) => rpc === "authenticate").length,
    "statements run": calls.filter((call) => isExecute(call) && call.outcome.kind === "grpc").length,
    "most prepares of a job": prepares.reduce((most, count, i) => (isCursor[i] ? most : Math.max(most, count)), 0),
    "longest pause of a query, ms": Math.round(
      Math.max(0, ...longTimers.filter(({ setBy }) => setBy.includes("#cure")).map(({ milliseconds }) => milliseconds)),
    ),
    ...Object.fromEntries(Object.entries(countBy(events, nameOf)).map(([name, count]) => [`told: ${name}`, count])),
  };
}

function nameOf({ type, by }: PhaseFacts["events"][number]): string {
  return type === "recovered" ? `recovered by ${by}` : type;
}

function countBy<T>(values: readonly T[], nameOf: (value: T) => string): Record<string, number> {
  const groups = [...Map.groupBy(values, nameOf)].map(([name, group]): [string, number] => [name, group.length]);
  return Object.fromEntries(groups.sort(([one], [other]) => one.localeCompare(other)));
}

function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
