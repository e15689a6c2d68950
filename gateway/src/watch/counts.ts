import type { Scrape, Series } from "./exposition.ts";

/** What was counted in some time: series whose values are differences of a scrape's counters. */
export type Counts = Scrape;

/** Nothing was counted. */
export const noCounts: Counts = new Map();

/** Seconds since an Envoy has started: smaller than before, where it is another Envoy. */
const uptime = "envoy_server_uptime";

/**
 * What was counted between two scrapes of one gateway. A gateway that was restarted in between has counted anew, from
 * zero: all that it says has been counted since.
 */
export function countedSince(before: Scrape, now: Scrape): Counts {
  const counters = [...now].filter(([, { name }]) => name !== uptime);
  const isRestarted = [...before].some(([key, { value }]) => (now.get(key)?.value ?? 0) < value);
  return new Map(
    counters.map(([key, series]) => {
      const former = isRestarted ? 0 : (before.get(key)?.value ?? 0);
      return [key, { ...series, value: series.value - former }];
    }),
  );
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
