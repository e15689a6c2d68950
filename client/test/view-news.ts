import type { Strategy } from "../src/headers.ts";
import { platformRuntime } from "../src/runtime.ts";
import type { StrategyEvent, StrategyState } from "../src/strategy/strategy-state.ts";

/** What changes the state of a view, sent under that view, with ids that nobody else has. */
export const news = {
  /** A detection found that a stack accepts. */
  accepted: ({ epoch }: StrategyState, stack: Strategy, at = 1): StrategyEvent => ({
    type: "accepted",
    stack,
    epoch,
    at,
    nextEpoch: platformRuntime.newId(),
  }),
  /** The active stack announced another one. */
  announced: (
    { epoch, active = "blue", pending }: StrategyState,
    stack: Strategy | undefined,
    at = 1,
  ): StrategyEvent => ({
    type: "announced",
    stack,
    by: "header",
    from: active,
    pendingId: pending?.id,
    newId: platformRuntime.newId(),
    epoch,
    at,
  }),
  /** A pending switch is made. */
  switched: ({ epoch, pending }: StrategyState, at = 1): StrategyEvent => ({
    type: "switched",
    pendingId: pending?.id ?? "none",
    nextEpoch: platformRuntime.newId(),
    epoch,
    at,
  }),
  /** A stack did new work. */
  worked: ({ epoch }: StrategyState, stack: Strategy, at: number): StrategyEvent => ({
    type: "worked",
    stack,
    epoch,
    at,
  }),
};

/** The other one of two stacks. */
export function other(stack: Strategy | undefined): Strategy {
  return stack === "blue" ? "green" : "blue";
}
