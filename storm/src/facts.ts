import type { CallRecord } from "@e6data-web/mock";
import type { LongTimer, Outcome, Stack, TextSource, ToldEvent } from "./page/told.ts";

/** What an operator does to a deployment, from one safe state to the next. */
export type FlipKind =
  /** Announced, and promoted once every tab has signed in there. */
  | "announced"
  /** Announced and promoted at once. */
  | "hurried"
  /** Promoted without an announcement; running queries may end where they are. */
  | "silent"
  /** Promoted without an announcement; the stack that is left refuses everything at once. */
  | "hard"
  /** Announced, and promoted hard once every tab has signed in there. */
  | "announced-hard"
  /** Announced, accepted by a tab, and called off. */
  | "called-off"
  /** Announced, promoted, and back at once, hard. */
  | "there-and-back";

/** Which of the two sides of a deployment changes first. */
export type FlipOrder = "engines-first" | "gateway-first";

/** One flip as it was done. Times in milliseconds since 1970. */
export interface FlipFact {
  readonly kind: FlipKind;
  readonly order: FlipOrder;
  /** The stack that was active before. */
  readonly from: Stack;
  /** The stack that was active in the end. */
  readonly to: Stack;
  /** Jobs that had ended when it began. */
  readonly atJob: number;
  readonly begunAt: number;
  readonly promotedAt?: number;
  readonly endedAt: number;
}

/** A time in which a stack was down: it has lost its connections, sessions and queries. */
export interface LostStack {
  readonly stack: Stack;
  readonly from: number;
  readonly to: number;
}

/** An event as a tab told it. */
export type TabEvent = ToldEvent & { readonly tab: number };

/** Memory that a tab's scripts held after a collection of garbage, in bytes. */
export interface TabHeap {
  readonly tab: number;
  readonly before: number;
  readonly after: number;
}

/** Everything that is known of one phase of a storm once all of it has ended. */
export interface PhaseFacts {
  readonly seed: number;
  readonly tabs: number;
  /** How many jobs each tab had. */
  readonly jobs: number;
  /** How many tabs read a paced result beside their jobs. */
  readonly pacedTabs: number;
  readonly outcomes: readonly Outcome[];
  readonly events: readonly TabEvent[];
  /** Every call that a stack got, in the order of arrival. */
  readonly calls: readonly CallRecord[];
  readonly flips: readonly FlipFact[];
  readonly lostStacks: readonly LostStack[];
  /** When sessions were expired. */
  readonly expiries: readonly number[];
  readonly longTimers: readonly LongTimer[];
  /** Queries that the tabs still held at the end. */
  readonly pins: readonly number[];
  /** Texts that hold what must not leave the client, shortened. */
  readonly leaks: readonly string[];
  /** How many texts were looked through, by where they come from. */
  readonly textsScanned: Readonly<Partial<Record<TextSource, number>>>;
  /** How often each key stands in the scratch table, and 1 for each table that was made. */
  readonly written: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** Something that must not be: the rule it breaks, and the smallest facts that show it. */
export interface Finding {
  readonly rule: string;
  readonly facts: string;
}
