import type { DeploymentEvent, Strategy } from "e6data-web";

/** What a tab is asked to open. */
export interface OpenOrder {
  /** The gateway. */
  readonly url: string;
  /** The cluster's name: tabs that say the same share what they know, and a scenario has one of its own. */
  readonly cluster: string;
  /** Who signs in: another one in each tab, so that the mock's record tells the tabs apart. */
  readonly user: string;
}

/** The query that tabs run, and its one value. */
export const countQuery = { sql: "select count(*) from sample.tpch.nation", value: "25" } as const;

/** How a query ended. */
export type QueryEnd =
  | { readonly kind: "rows"; readonly stack: Strategy; readonly queryId: string; readonly value: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** What queries that ran one after the other came to. */
export interface LoopEnd {
  /** How many ended well, with the right value. */
  readonly good: number;
  /** The others. */
  readonly bad: readonly QueryEnd[];
}

/** What a tab knows of the deployment at this moment. */
export interface View {
  readonly active: Strategy | null;
  readonly announced: Strategy | null;
  /** The stacks on which it is signed in. */
  readonly sessions: readonly Strategy[];
  /** How many queries of it run. */
  readonly pins: number;
}

/** What stands in the way of a tab, from before its first line runs. */
export const obstacles = [
  "locks missing",
  "locks rejecting",
  "storage missing",
  "storage throwing",
  "storage hanging",
  "storage failing",
  "channel missing",
  "channel throwing",
  "endless waits",
] as const;

/** One of {@link obstacles}. */
export type Obstacle = (typeof obstacles)[number];

/**
 * What the page offers to the driver of its browser: functions whose arguments and answers are JSON. There is one connection a
 * page; what needs one throws where none is open.
 */
export interface PageApi {
  /** Opens the connection; one that is open is closed before. */
  open(order: OpenOrder): Promise<void>;
  /** Begins `count` queries at once and tells how each ended. */
  query(count: number): Promise<readonly QueryEnd[]>;
  /** Keeps the gateway's answers from the client that come from now on; those that were kept before are let through at once. */
  holdAnswers(): void;
  /** How many of those that are kept say that the stack is not the active one. */
  heldRefusals(): number;
  /** Lets all of them through, and those to come. */
  releaseAnswers(): void;
  /** Begins `count` look-ups at once, a call each, and tells of those that did not end well. */
  lookUp(count: number): Promise<readonly QueryEnd[]>;
  /** Runs queries one after the other until {@link endLoop}. */
  beginLoop(): void;
  /** Resolves once so many more queries of the loop have ended. */
  loopDid(more: number): Promise<void>;
  /** Lets the running queries of the loop end, and tells of all. */
  endLoop(): Promise<LoopEnd>;
  view(): View;
  /** What the connection has told of the deployment since it was opened. */
  events(): readonly DeploymentEvent[];
  close(): Promise<void>;
  /** What nobody has caught in this page since it was loaded. */
  strays(): readonly string[];
  /** Random, of this load of the page: a page that comes back from the back/forward cache keeps it. */
  pageId(): string;
  /** How often the page has come back from the back/forward cache. */
  returns(): number;
  /** Has the browser clear all data of this origin, as its user may at any time. */
  clearSiteData(): Promise<void>;
  /** How many locks pages of the origin hold, and how many of them wait for one. */
  locks(): Promise<{ readonly held: number; readonly waiting: number }>;
  /** Opens the database like a page that never lets go, and asks for its deletion: whoever opens it from now on waits. */
  jamStorage(): Promise<void>;
  /** Everything that lies in the shared database, as one text. */
  storedText(): Promise<string>;
  /** Begins to note what tabs tell one another. */
  overhear(order: Pick<OpenOrder, "url" | "cluster">): void;
  /** What was noted, as texts. */
  overheard(): readonly string[];
  /** Begins a call of this API whose end is asked for by {@link jobEnd}, where a driver cannot wait for one. */
  beginJob(name: keyof PageApi, args: readonly unknown[]): number;
  /** Nothing while the job runs. */
  jobEnd(job: number): JobEnd | null;
}

/** How a job ended. */
export type JobEnd = { readonly value: unknown } | { readonly error: string };

declare global {
  /** Set once the page's script has run. */
  var storm: PageApi | undefined;
}
