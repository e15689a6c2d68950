import type { Strategy } from "../headers.ts";

/**
 * What is known about the deployment of one cluster, shared by all who work on it: which stack takes new work, and which one
 * will. Never a user, a token, a session or SQL. All times are milliseconds since 1970 by the clock on the wall: they are for
 * people and for times to live, and order nothing.
 */
export interface StrategyState {
  /** Random: this row's life. One that is begun anew has another, and counts its versions from the start. */
  readonly lineage: string;
  /** Grows by one with each change but those of times; compared within a lineage only. */
  readonly version: number;
  /** Random, new with each change of `active`. News from another epoch is ignored. */
  readonly epoch: string;
  /** The stack that takes new work; nothing until one has accepted. */
  readonly active: Strategy | undefined;
  /** A switch that was announced and not called off. */
  readonly pending: PendingSwitch | undefined;
  /** A stack whose announcements are ignored for a while. */
  readonly cooldown: Cooldown | undefined;
  /** When `active` changed last; 0 where it never did. */
  readonly changedAt: number;
  /** When the active stack was last seen to accept; equal to `changedAt` until it has done work in this epoch. */
  readonly checkedAt: number;
}

/** An announced switch. An announcement is a hint: nothing becomes active before it has accepted. */
export interface PendingSwitch {
  /** Random, new with each announcement. */
  readonly id: string;
  readonly stack: Strategy;
  /** How it was announced: one by the gateway's header is called off by a good answer without that header. */
  readonly by: "header" | "message";
  /** When it was announced first. */
  readonly since: number;
  /** When it was announced last, give or take some seconds. */
  readonly heardAt: number;
}

/** A stack that was announced, accepted, and then refused work before it had done any. */
export interface Cooldown {
  readonly stack: Strategy;
  /** Until then its announcements are ignored. */
  readonly until: number;
  /** How long it lasts; the next one twice as long. */
  readonly delayMs: number;
}

/** What every event carries. Random ids come with it as well, so that the function over events is pure. */
export interface StrategyEventBase {
  /** The epoch of the view that the request was sent under which brought the news. */
  readonly epoch: string;
  /** When it happened, by the clock on the wall. */
  readonly at: number;
}

/** What can happen to the state. */
export type StrategyEvent =
  /** A detection found that a stack accepts. */
  | (StrategyEventBase & { readonly type: "accepted"; readonly stack: Strategy; readonly nextEpoch: string })
  /** A safe point has come for a pending switch whose stack has accepted a sign-in. */
  | (StrategyEventBase & { readonly type: "switched"; readonly pendingId: string; readonly nextEpoch: string })
  /** An answer to a call that was sent under `pendingId` named `stack` as the one to come, or (a good answer only) named none. */
  | (StrategyEventBase & {
      readonly type: "announced";
      readonly stack: Strategy | undefined;
      readonly by: "header" | "message";
      /** The stack that answered. */
      readonly from: Strategy;
      readonly pendingId: string | undefined;
      readonly newId: string;
    })
  /** A stack did new work. */
  | (StrategyEventBase & { readonly type: "worked"; readonly stack: Strategy })
  /** A stack refused new work. */
  | (StrategyEventBase & { readonly type: "refused"; readonly stack: Strategy });

/** Nothing known yet. */
export function unknownStrategy(lineage: string, epoch: string): StrategyState {
  return {
    lineage,
    version: 0,
    epoch,
    active: undefined,
    pending: undefined,
    cooldown: undefined,
    changedAt: 0,
    checkedAt: 0,
  };
}
