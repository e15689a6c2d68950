import type { Strategy } from "e6data-web/headers";
import { GatewayError } from "../gateway-error.ts";
import { awaitReadiness, type ReadinessGoal, readyShare } from "./census.ts";
import type { DeploymentController } from "./controller.ts";
import type { DeploymentState } from "./deployment-state.ts";
import type { Step } from "./journal.ts";

/** What a check has found: `inconclusive` where it could not tell, for want of data. */
export interface CheckResult {
  readonly verdict: "pass" | "fail" | "inconclusive";
  /** What it rests on, in a line. */
  readonly words: string;
}

/** Looks at a deployment before or after a promotion. One that rejects could not tell. */
export type Check = (state: DeploymentState) => Promise<CheckResult>;

/** What a promotion waits for. */
export interface PromotionTerms {
  readonly reason?: string | undefined;
  /** The part of the callers that has to be ready first. Default: nobody is waited for. */
  readonly readiness?: ReadinessGoal | undefined;
  /** Has to pass, or nothing is changed. */
  readonly before?: Check | undefined;
  /** Where it fails, new work is led back. Where it cannot tell, the promotion stands, and is reported as not checked. */
  readonly after?: Check | undefined;
}

/**
 * Makes a stack the active one: once the callers are ready, and the check before has passed; and takes that back where the check after
 * fails. Both stacks take new work all the while. Rejects with `NOT_READY` or `CHECK_FAILED`, or as the controller's `change` does. A
 * stack that is active already is neither waited for nor checked.
 */
export async function promoteStack(
  controller: DeploymentController,
  stack: Strategy,
  { reason, readiness, before, after }: PromotionTerms = {},
): Promise<Step> {
  const { state, decision } = await controller.plan({ verb: "promote", stack });
  if (decision.kind !== "change") {
    return await controller.change({ verb: "promote", stack }, { reason });
  }
  if (readiness !== undefined) {
    await assertReady(controller, state, stack, readiness);
  }
  const first = await judge(before, state);
  if (first.verdict !== "pass") {
    throw new GatewayError("CHECK_FAILED", `the check before the promotion: ${describe(first)}. Nothing was changed`);
  }
  // What was waited for and checked is this version's.
  const step = await controller.change({ verb: "promote", stack }, { reason, ifVersion: state.version });
  const second = await judge(after, step.state);
  if (second.verdict === "fail") {
    const why = `the check after the promotion: ${describe(second)}`;
    await controller.change({ verb: "rollback" }, { reason: why, ifVersion: step.state.version });
    throw new GatewayError("CHECK_FAILED", `${why}. New work was led back`);
  }
  if (second.verdict === "inconclusive") {
    throw new GatewayError(
      "CHECK_FAILED",
      `the check after the promotion: ${describe(second)}. ${stack} is active: roll back, or see for yourself`,
    );
  }
  return step;
}

async function assertReady(
  { replicas, clock }: DeploymentController,
  state: DeploymentState,
  stack: Strategy,
  goal: ReadinessGoal,
): Promise<void> {
  if (state.announced !== stack) {
    throw new GatewayError(
      "DEPLOYMENT_REFUSED",
      `nobody can be ready for ${stack}, which is not announced: announce it`,
    );
  }
  const { isReady, census } = await awaitReadiness(stack, goal, replicas, clock);
  if (!isReady) {
    const calls = census.ready + census.behind;
    const share = readyShare(census);
    const seen =
      share === undefined ? "nobody called" : `${percent(share)} of ${calls} calls were by callers who are ready`;
    throw new GatewayError(
      "NOT_READY",
      `${seen}; wanted are ${percent(goal.share)} of ${goal.minCalls} at least. Nothing was changed: wait on, or promote without --ready`,
    );
  }
}

async function judge(check: Check | undefined, state: DeploymentState): Promise<CheckResult> {
  if (check === undefined) {
    return { verdict: "pass", words: "not asked for" };
  }
  try {
    return await check(state);
  } catch (error) {
    return { verdict: "inconclusive", words: error instanceof Error ? error.message : String(error) };
  }
}

function describe({ verdict, words }: CheckResult): string {
  return `${verdict} (${words})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
