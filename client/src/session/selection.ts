import { harmlessly } from "../harmlessly.ts";
import { type Strategy, strategies } from "../headers.ts";
import type { StrategyState } from "../strategy/strategy-state.ts";
import type { DeploymentView } from "./connection-strategy.ts";
import type { TellDeployment } from "./deployment-event.ts";

/**
 * Names the stack for new work, or nothing where it goes to the active one. Is asked for each piece of new work, never about one that
 * runs, and answers at once. A stack that does not accept is passed over: the work is led as it would be without this.
 */
export type SelectStrategy = (view: DeploymentView) => Strategy | undefined;

/** Asks the caller's function, if there is one. What it throws, or names that is no stack, counts for nothing, and is told once. */
export function createSelection(
  [select]: readonly SelectStrategy[],
  tell: TellDeployment,
): (view: StrategyState) => Strategy | undefined {
  let isTold = false;
  return ({ active, pending }) => {
    // What is none, unless something is named.
    let named: unknown = null;
    harmlessly(() => {
      named = select?.({ active, announced: pending?.stack });
    });
    const stack = strategies.find((one) => one === named);
    if (stack === undefined && named !== undefined && !isTold) {
      isTold = true;
      tell({ type: "selection-ignored", stack: undefined, code: undefined });
    }
    return stack;
  };
}
