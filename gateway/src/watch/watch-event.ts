import type { Strategy } from "e6data-web/headers";
import type { ChangeVerb } from "../deploy/deployment-state.ts";
import type { CheckResult, Verdict } from "./judge.ts";
import type { Phase } from "./subject.ts";

/** Whom an event is about. */
export interface EventSubject {
  readonly phase: Phase;
  readonly candidate: Strategy;
  readonly former: Strategy;
  /** The version of the deployment's state. */
  readonly version: number;
}

/** A window with its verdict and the numbers behind it. */
export interface WindowReport extends EventSubject {
  readonly verdict: Verdict;
  /** How long the window was. */
  readonly seconds: number;
  readonly checks: readonly CheckResult[];
  /** The last windows with a verdict, the oldest first. */
  readonly recent: readonly Verdict[];
  /** Gateways whose numbers are missing. */
  readonly silent: readonly string[];
  /** Gateways of whose numbers a part is lost: restarted in the window, heard for the first time, or heard only after several changes at once. */
  readonly gaps: readonly string[];
}

/** What a watch tells. */
export type WatchEvent =
  /** A new stack has come so far. */
  | ({ readonly event: Phase } & EventSubject)
  /** There is nothing to take back any more: by which verb, and why. */
  | ({ readonly event: "ended"; readonly verb: ChangeVerb; readonly reason?: string } & EventSubject)
  | ({ readonly event: "window" } & WindowReport)
  /** The new stack has done well for long enough. */
  | ({ readonly event: "passed" } & WindowReport)
  /** Within the deadline there was too little to judge by. */
  | ({ readonly event: "inconclusive"; readonly seconds: number } & EventSubject)
  /** The new stack is to be taken back. */
  | ({ readonly event: "failed"; readonly reason: string } & WindowReport)
  /** What would have been done, had this not been a dry run. */
  | ({ readonly event: "would-roll-back"; readonly reason: string } & EventSubject)
  /** It was taken back: by this version. The problem, if there is one, is that not every gateway is known to follow, or that somebody was quicker. */
  | ({ readonly event: "rolled-back"; readonly reason: string; readonly problem?: string } & EventSubject)
  /** It could not be taken back; it is tried again. */
  | ({ readonly event: "rollback-failed"; readonly reason: string; readonly problem: string } & EventSubject)
  /** A gateway gives no numbers, or gives them again. */
  | { readonly event: "gateway-silent"; readonly gateway: string; readonly problem: string }
  | { readonly event: "gateway-heard"; readonly gateway: string }
  /** The deployment's state, or one that came and went since the last look, cannot be read; it is tried again. */
  | { readonly event: "state-unreadable"; readonly problem: string }
  /** Somebody could not be told of an event. */
  | { readonly event: "hook-failed"; readonly hook: string; readonly of: string; readonly problem: string };
