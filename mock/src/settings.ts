import type { Strategy } from "e6data-web/headers";
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import type { QueryLimits } from "./query-registry.ts";
import type { SessionLimits } from "./sessions.ts";

/** How the stacks behave, beside what the control interface changes while they run. */
export interface Settings extends SessionLimits, QueryLimits {
  /** The stack that is active at first. `blue` by default. */
  readonly active: Strategy;
  /** How long a resumed cluster stays `resuming`, in milliseconds. 2 s by default. */
  readonly resumeMs: number;
  /** Whether a query is refused to any session but the one that prepared it. `false` by default. */
  readonly queriesBoundToSession: boolean;
  /** Whether `getNextResultBatchV2` is there; without it, it answers UNIMPLEMENTED. `true` by default. */
  readonly batchesV2: boolean;
  /** How many times the V2 fetches of a query answer 'ask again' before the first batch. 0 by default. */
  readonly askAgain: number;
  /** An answer of `getNextResultBatchV2` takes no further batch once it holds so many bytes. 4 MiB by default. */
  readonly batchesV2Bytes: number;
  /** The largest request, in bytes. 4 MiB by default, as in gRPC's own servers. */
  readonly maxRequestBytes: number;
  /** How many calls the record keeps. 10,000 by default. */
  readonly maxCalls: number;
  /**
   * Where kept results take more than this share of the memory that the data leave, idle ones are given back before a
   * further query runs. 0.5 by default: as much is left for the new result.
   */
  readonly maxMemoryLoad: number;
  /** The time as the mock sees it. */
  readonly clock: Clock;
}

/** The settings of a mock for which nothing was asked. */
export const defaultSettings: Settings = {
  active: "blue",
  resumeMs: 2000,
  queriesBoundToSession: false,
  batchesV2: true,
  askAgain: 0,
  batchesV2Bytes: 4 * 1024 * 1024,
  maxRequestBytes: 4 * 1024 * 1024,
  maxCalls: 10_000,
  sessionIdleMs: 3_600_000,
  sessionRefreshMs: undefined,
  sessionGraceMs: 30_000,
  maxSessions: 10_000,
  queryIdleMs: 600_000,
  maxOpenQueries: 1000,
  maxMemoryLoad: 0.5,
  clock: systemClock,
};
