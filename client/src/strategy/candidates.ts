import { type Strategy, strategies } from "../headers.ts";

/** The stacks in the order in which a detection asks them: blue first, but never first the one that has just refused. */
export function candidates(refused: Strategy | undefined): readonly Strategy[] {
  return refused === undefined ? strategies : [...strategies.filter((stack) => stack !== refused), refused];
}
