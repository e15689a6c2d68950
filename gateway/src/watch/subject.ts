import type { Strategy } from "e6data-web/headers";
import { activeStack, type ChangeVerb, type DeploymentState, otherStack } from "../deploy/deployment-state.ts";

/**
 * How far a new stack has come. In each of these the former stack is still there, so that a rollback leads back:
 * `announced` (clients ask it whether it takes them), `promoted` (new work goes to it), `draining` (the former stack
 * gets no new work any more).
 */
export type Phase = "announced" | "promoted" | "draining";

/** A new stack that can still be taken back. */
export interface Subject {
  readonly phase: Phase;
  /** The new stack. */
  readonly candidate: Strategy;
  /** The stack that a rollback leads back to. */
  readonly former: Strategy;
}

/** What there is to watch over in a deployment. Nothing where no new stack is on its way, or none that could be taken back. */
export function subjectOf(state: DeploymentState): Subject | undefined {
  const active = activeStack(state);
  if (state.announced !== undefined && state.announced !== active) {
    return { phase: "announced", candidate: state.announced, former: active };
  }
  // What somebody went back from is not gone back to: that way nothing ever swings to and fro by itself.
  if (state.former !== otherStack(active) || wentBack.has(state.change.verb)) {
    return undefined;
  }
  return {
    phase: state.stacks[state.former] === "draining" ? "draining" : "promoted",
    candidate: active,
    former: state.former,
  };
}

const wentBack: ReadonlySet<ChangeVerb> = new Set(["rollback", "restore"]);
