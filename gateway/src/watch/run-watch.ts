import type { Clock } from "../deploy/clock.ts";
import { GatewayError } from "../gateway-error.ts";
import type { DeploymentWatch, Look } from "./watch-deployment.ts";
import type { WatchEvent } from "./watch-event.ts";

/**
 * How a watch over one phase has ended. `failed`: it would have been rolled back, but this was a dry run. `ended`: somebody else has
 * changed the deployment. `nothing`: there was no new stack that could be taken back. `stopped`: it was asked to end.
 */
export type WatchOutcome = "passed" | "rolled-back" | "failed" | "inconclusive" | "ended" | "nothing" | "stopped";

/** How long a watch goes on. */
export interface WatchTerms {
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Milliseconds for which the deployment's state may be unreadable, unless the watch is endless: somebody waits for this one. */
  readonly patience: number;
  /** Whether it goes on to the next phase and the next deployment, until it is asked to end. */
  readonly isEndless: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks again and again, until the phase at hand has ended one way or another. Rejects with `DEPLOYMENT_BROKEN` where the state could not be
 * read for too long.
 */
export async function runWatch(
  watch: DeploymentWatch,
  { interval, patience, isEndless, clock, signal }: WatchTerms,
): Promise<WatchOutcome> {
  while (!signal.aborted) {
    const look = await watch.look();
    const outcome = isEndless ? undefined : outcomeOf(look);
    if (outcome !== undefined) {
      return outcome;
    }
    if (!isEndless && look.unreadable !== undefined && clock.now() - look.unreadable.since >= patience) {
      const seconds = Math.round(clock.now() - look.unreadable.since) / 1000;
      throw new GatewayError(
        "DEPLOYMENT_BROKEN",
        `the deployment's state could not be read for ${seconds} s: ${look.unreadable.problem}`,
      );
    }
    await clock.sleep(interval, signal);
  }
  return "stopped";
}

const outcomes = new Map<WatchEvent["event"], WatchOutcome>([
  ["passed", "passed"],
  ["rolled-back", "rolled-back"],
  ["would-roll-back", "failed"],
  ["inconclusive", "inconclusive"],
  ["ended", "ended"],
]);

function outcomeOf({ events, isWatching }: Look): WatchOutcome | undefined {
  const [outcome] = events.flatMap(({ event }) => outcomes.get(event) ?? []);
  return outcome ?? (isWatching ? undefined : "nothing");
}
