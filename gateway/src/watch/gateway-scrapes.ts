import { type Counts, countedSince, sumCounts } from "./counts.ts";
import type { Scrape } from "./exposition.ts";

/** What each gateway has answered; nothing where it did not. */
export type GatewayScrapes = ReadonlyMap<string, Scrape | undefined>;

/** What a gateway has answered last. */
export interface Heard {
  /** Milliseconds from some moment on. */
  readonly at: number;
  /** Nothing: it is counted on from what it answers next. */
  readonly scrape: Scrape | undefined;
}

/** What all gateways together have counted. */
export interface Counted {
  /** Since the time before. */
  readonly counts: Counts;
  /** Before they were heard for the first time: of those of which that was now. */
  readonly past: Counts;
  /** Those that did not answer: what they have counted will come later. */
  readonly silent: readonly string[];
  /** The last scrape of each gateway, to count on from. */
  readonly last: ReadonlyMap<string, Heard>;
}

/** What was counted since the last scrapes, `at` this time. A gateway that is heard for the first time is one to count on from. */
export function countOn(last: ReadonlyMap<string, Heard>, scrapes: GatewayScrapes, at: number): Counted {
  const heard = [...scrapes].filter((entry): entry is [string, Scrape] => entry[1] !== undefined);
  const counts = heard.map(([gateway, scrape]) => {
    const before = last.get(gateway);
    return countedSince(before?.scrape ?? scrape, scrape, (at - (before?.at ?? at)) / 1000);
  });
  return {
    counts: sumCounts(counts),
    past: sumCounts(heard.filter(([gateway]) => !last.has(gateway)).map(([, scrape]) => scrape)),
    silent: [...scrapes.keys()].filter((gateway) => scrapes.get(gateway) === undefined),
    last: new Map([...last, ...heard.map(([gateway, scrape]) => [gateway, { at, scrape }] as const)]),
  };
}

/** Leaves out what gateways count until they are heard again: it cannot be told from what they had counted before. */
export function leaveOut(last: Counted["last"], gateways: readonly string[]): Counted["last"] {
  return new Map(
    [...last].map(([gateway, { at, scrape }]) => [
      gateway,
      { at, scrape: gateways.includes(gateway) ? undefined : scrape },
    ]),
  );
}
