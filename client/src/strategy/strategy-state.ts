import type { Strategy } from "../headers.ts";

/** What is known about the deployment: which stack takes new work, and which one will. */
export interface StrategyState {
  /** Random, new with each change of `active`. News from another epoch is ignored; clocks order nothing. */
  readonly epoch: string;
  /** The stack that takes new work; nothing until one has accepted. */
  readonly active: Strategy | undefined;
  /** A switch that was announced and not called off. */
  readonly pending: PendingSwitch | undefined;
}

/** An announced switch. An announcement is a hint: nothing becomes active before it has accepted. */
export interface PendingSwitch {
  /** Random, new with each announcement. */
  readonly id: string;
  readonly stack: Strategy;
  /** How it was announced: one by the gateway's header is called off by a good answer without that header. */
  readonly by: "header" | "message";
}

/** What can happen to the state. Random ids come with the event, so that the function over them is pure. */
export type StrategyEvent =
  /** A stack accepted work, asked under `epoch`. */
  | { readonly type: "accepted"; readonly stack: Strategy; readonly epoch: string; readonly nextEpoch: string }
  /** An answer to a call that was sent under `epoch` and `pendingId` named `stack` as the one to come, or named none. */
  | {
      readonly type: "announced";
      readonly stack: Strategy | undefined;
      readonly by: "header" | "message";
      readonly from: Strategy;
      readonly epoch: string;
      readonly pendingId: string | undefined;
      readonly newId: string;
    };

/** Nothing known yet. */
export function unknownStrategy(epoch: string): StrategyState {
  return { epoch, active: undefined, pending: undefined };
}
