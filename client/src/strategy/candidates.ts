import type { Strategy } from "../headers.ts";

/**
 * The stacks in the order in which a detection asks them. Never first the one that has just refused. Else the active one, which
 * is to be confirmed, or blue where nothing is known.
 *
 * There are two stacks: whichever is announced, or named beside a refusal, is either the other one, which comes next anyway, or
 * the refuser, which is not asked first whatever anybody says.
 */
export function candidates(active: Strategy | undefined, refused: Strategy | undefined): readonly [Strategy, Strategy] {
  const first = refused === undefined ? (active ?? "blue") : otherStack(refused);
  return [first, otherStack(first)];
}

/** The other one of the two. */
export function otherStack(stack: Strategy): Strategy {
  return stack === "blue" ? "green" : "blue";
}
