import type { Strategy } from "e6data-web/headers";
import type { Clock } from "./clock.ts";
import { otherStack } from "./deployment-state.ts";
import { type Answered, askAll, type Replica } from "./replica.ts";
import { growth, type Traffic } from "./traffic.ts";

/** The part of the callers that has to be ready before a promotion. */
export interface ReadinessGoal {
  /** From 0 to 1. */
  readonly share: number;
  /** Milliseconds: only calls of so long ago are counted. */
  readonly window: number;
  /** Fewer calls than this say nothing. */
  readonly minCalls: number;
  /** Milliseconds after which the wait is over. */
  readonly deadline: number;
}

/** Who called within a window. By calls: who calls often counts for more. */
export interface Census {
  /** Calls whose callers bring new work to the stack, or will with their next. */
  readonly ready: number;
  /** Calls of those who stay with the other stack for now. */
  readonly behind: number;
}

type Sample = readonly Answered<Traffic>[];

/** The calls between two samples of the same gateways, by whether their callers are ready for a stack. */
export function censusBetween(stack: Strategy, before: Sample, after: Sample): Census {
  const sum = (of: Strategy) =>
    after.reduce((total, { answer }, index) => {
      const from = before[index]?.answer?.ready[of];
      // A gateway that did not answer has told of nothing that could be compared.
      return answer === undefined || from === undefined ? total : total + growth(from, answer.ready[of]);
    }, 0);
  return { ready: sum(stack), behind: sum(otherStack(stack)) };
}

/** The part of the callers that is ready; nothing where nobody called. */
export function readyShare({ ready, behind }: Census): number | undefined {
  return ready + behind === 0 ? undefined : ready / (ready + behind);
}

const pause = 1000;

/**
 * Waits until so large a part of the calls of the last window comes from callers who are ready. Resolves with the last census, and whether
 * it was enough: no calls, or too few, are never enough.
 */
export async function awaitReadiness(
  stack: Strategy,
  goal: ReadinessGoal,
  replicas: readonly Replica[],
  clock: Clock,
): Promise<{ readonly isReady: boolean; readonly census: Census }> {
  const begin = clock.now();
  const samples: { readonly at: number; readonly sample: Sample }[] = [];
  for (;;) {
    const at = clock.now();
    const sample = await askAll(replicas, (replica) => replica.traffic());
    samples.push({ at, sample });
    // The first one that is kept is the youngest that is at least a window old.
    while (samples[1] !== undefined && samples[1].at <= at - goal.window) {
      samples.shift();
    }
    const first = samples[0];
    const census = censusBetween(stack, first?.sample ?? sample, sample);
    const isWhole = first !== undefined && at - first.at >= goal.window;
    const isHeard = sample.every(({ answer }) => answer !== undefined);
    if (
      isWhole &&
      isHeard &&
      census.ready + census.behind >= goal.minCalls &&
      (readyShare(census) ?? 0) >= goal.share
    ) {
      return { isReady: true, census };
    }
    if (at - begin >= goal.deadline) {
      return { isReady: false, census };
    }
    await clock.sleep(pause);
  }
}
