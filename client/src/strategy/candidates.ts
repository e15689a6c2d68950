import type { Strategy } from "../headers.ts";
import type { StrategyState } from "./strategy-state.ts";

/**
 * The stacks in the order in which a detection asks them. Never first the one that has just refused. Else the one that is
 * to be confirmed as active, the announced one, or blue.
 *
 * There are two stacks: whoever the gateway or an engine names beside a refusal is either the other one, which comes next
 * anyway, or the refuser, which is not to be asked first whatever anybody says.
 */
export function candidates(
  { active, pending }: Pick<StrategyState, "active" | "pending">,
  refused: Strategy | undefined,
): readonly [Strategy, Strategy] {
  const first = refused === undefined ? (active ?? pending?.stack ?? "blue") : otherStack(refused);
  return [first, otherStack(first)];
}

/** The other one of the two. */
export function otherStack(stack: Strategy): Strategy {
  return stack === "blue" ? "green" : "blue";
}
