import type { Strategy } from "e6data-web/headers";
import type { Clock } from "./clock.ts";
import { askAll, type Replica } from "./replica.ts";

/** When a stack counts as drained, and how long that is waited for. */
export interface DrainGoal {
  /** Milliseconds without any call, in flight or new: a running query whose reader is slower than that is lost with the stack. */
  readonly quiet: number;
  /** Milliseconds after which the wait is over. */
  readonly deadline: number;
}

/** What one gateway still has to do with a stack. */
export interface Remainder {
  readonly url: string;
  /** Calls in flight; nothing where the gateway did not answer. */
  readonly inFlight: number | undefined;
  /** Milliseconds since it has given the stack a call, had one in flight, or failed to answer, as far as was watched. */
  readonly quietFor: number;
}

/** How the wait has ended. */
export interface DrainOutcome {
  readonly isDrained: boolean;
  readonly remainders: readonly Remainder[];
}

/** What was seen of one gateway. */
interface Watched {
  readonly calls: number | undefined;
  readonly inFlight: number | undefined;
  readonly quietSince: number;
}

const pause = 500;

/**
 * Waits until no gateway has a call to the stack in flight, and none has given it one for the quiet time. Resolves with what is left once
 * the deadline has passed. A gateway that does not answer may be busy with anything.
 */
export async function awaitDrained(
  stack: Strategy,
  { quiet, deadline }: DrainGoal,
  replicas: readonly Replica[],
  clock: Clock,
): Promise<DrainOutcome> {
  const begin = clock.now();
  const watched = new Map<string, Watched>();
  for (;;) {
    const answers = await askAll(replicas, (replica) => replica.traffic());
    const now = clock.now();
    const remainders = answers.map(({ url, answer }): Remainder => {
      const before = watched.get(url);
      const calls = answer?.calls[stack];
      const inFlight = answer?.inFlight[stack];
      // A call that was in flight may have ended just now.
      const isQuiet = inFlight === 0 && before?.inFlight === 0 && before.calls === calls;
      const quietSince = isQuiet ? before.quietSince : now;
      watched.set(url, { calls, inFlight, quietSince });
      return { url, inFlight, quietFor: now - quietSince };
    });
    const isDrained = remainders.every(({ inFlight, quietFor }) => inFlight === 0 && quietFor >= quiet);
    if (isDrained || now - begin >= deadline) {
      return { isDrained, remainders };
    }
    await clock.sleep(pause);
  }
}
