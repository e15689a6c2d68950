import { type Counts, countedByNewcomer, countedSince, noCounts, sumCounts } from "./counts.ts";
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
  /** Those that have counted something since the time before that will never be known: restarted, or heard for the first time. */
  readonly gaps: readonly string[];
  /** The last scrape of each gateway, to count on from. */
  readonly last: ReadonlyMap<string, Heard>;
}

/**
 * What was counted since the last scrapes, `at` this time. A gateway that is heard for the first time is one to count on from; but where it
 * was started after the moment `since`, from when on all is wanted, so is all that it says.
 */
export function countOn(
  last: ReadonlyMap<string, Heard>,
  scrapes: GatewayScrapes,
  at: number,
  since: number = at,
): Counted {
  const heard = [...scrapes].filter((entry): entry is [string, Scrape] => entry[1] !== undefined);
  const parts = heard.map(([gateway, scrape]) => ({ gateway, ...countOnOne(last.get(gateway), scrape, at, since) }));
  return {
    counts: sumCounts(parts.map(({ counts }) => counts)),
    past: sumCounts(parts.map(({ past }) => past)),
    silent: [...scrapes.keys()].filter((gateway) => scrapes.get(gateway) === undefined),
    gaps: parts.filter(({ hasGap }) => hasGap).map(({ gateway }) => gateway),
    last: new Map([...last, ...heard.map(([gateway, scrape]) => [gateway, { at, scrape }] as const)]),
  };
}

function countOnOne(before: Heard | undefined, now: Scrape, at: number, since: number) {
  if (before?.scrape !== undefined) {
    const { counts, isRestarted } = countedSince(before.scrape, now, (at - before.at) / 1000);
    return { counts, past: noCounts, hasGap: isRestarted };
  }
  const counts = countedByNewcomer(now, (at - since) / 1000);
  return counts === undefined
    ? { counts: noCounts, past: before === undefined ? now : noCounts, hasGap: true }
    : { counts, past: noCounts, hasGap: false };
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
