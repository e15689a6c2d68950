import type { Scrape, Series } from "./exposition.ts";

/** What was counted in some time: series whose values are differences of a scrape's counters. */
export type Counts = Scrape;

/** Nothing was counted. */
export const noCounts: Counts = new Map();

/** Seconds since an Envoy has started, by the time of day of its machine, which may be set back. */
const uptime = "envoy_server_uptime";

/** Seconds by which an uptime may be wrong: Envoy sets it now and then, and one slow gateway has all scrapes take longer. */
const doubt = 10;

/** What was counted between two scrapes of one gateway. */
export interface Difference {
  readonly counts: Counts;
  /** Whether the gateway was restarted in between: what it had counted until then is lost. */
  readonly isRestarted: boolean;
}

/**
 * What was counted between two scrapes of one gateway, `elapsed` seconds apart. A gateway that was restarted in between has
 * counted anew, from zero: all that it says has been counted since.
 */
export function countedSince(before: Scrape, now: Scrape, elapsed: number): Difference {
  const isRestarted = hasLess(before, now) || isYounger(before, now, elapsed);
  return { counts: difference(isRestarted ? noCounts : before, now), isRestarted };
}

/** All that a gateway has counted since its start, if it was started in the last `seconds`; nothing where that is not sure. */
export function countedByNewcomer(now: Scrape, seconds: number): Counts | undefined {
  const age = now.get(uptime)?.value;
  return age !== undefined && age + doubt <= seconds ? difference(noCounts, now) : undefined;
}

function difference(before: Scrape, now: Scrape): Counts {
  const counters = [...now].filter(([, { name }]) => name !== uptime);
  return new Map(
    counters.map(([key, series]) => [key, { ...series, value: series.value - (before.get(key)?.value ?? 0) }]),
  );
}

function hasLess(before: Scrape, now: Scrape): boolean {
  return [...before].some(([key, { name, value }]) => name !== uptime && (now.get(key)?.value ?? 0) < value);
}

/** Whether it can have started in between, and is not as old as it would be else. */
function isYounger(before: Scrape, now: Scrape, elapsed: number): boolean {
  const [first, second] = [before.get(uptime)?.value, now.get(uptime)?.value];
  return first !== undefined && second !== undefined && second <= elapsed + doubt && second < first + elapsed - doubt;
}

/** The counts of several gateways, or of several times, together. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const sum = new Map<string, Series>();
  for (const counts of all) {
    for (const [key, series] of counts) {
      sum.set(key, { ...series, value: series.value + (sum.get(key)?.value ?? 0) });
    }
  }
  return sum;
}
