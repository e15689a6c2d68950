import type { Runtime } from "../runtime.ts";

/** Holds a lock by its name until `held` settles. Rejects by the signal while it waits; throws where there are no locks. */
export type RequestLock = (name: string, signal: AbortSignal, held: () => Promise<void>) => Promise<unknown>;

/** Nobody waits longer than this for a lock: to hold it any longer would save no work. */
const longestHoldMs = 4_000;

/**
 * Waits until nobody else holds the lock, `maxWaitMs` at most, and goes on without it then: a lock saves work done twice, and
 * nothing rests on it. Resolves to the function that gives it back, which {@link longestHoldMs} later happens by itself.
 * Nobody waits once `end` has come. `onFailure` is told where the platform has no locks that work.
 */
export async function takeLock(
  request: RequestLock,
  name: string,
  maxWaitMs: number,
  runtime: Runtime,
  end: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<() => void> {
  const waiting = new AbortController();
  const leaving = AbortSignal.any([waiting.signal, end]);
  const holding = new AbortController();
  const taken = Promise.withResolvers<void>();
  const held = async () => {
    taken.resolve();
    await runtime.sleep(longestHoldMs, holding.signal).catch(() => undefined);
  };
  const ask = async () => {
    try {
      await request(name, leaving, held);
    } catch (error) {
      // Some browsers reject those whose page they put away while it holds a lock: that is no failure.
      if (!leaving.aborted) onFailure(error);
    }
  };
  const tooLate = runtime.sleep(maxWaitMs, leaving).catch(() => undefined);
  await Promise.race([taken.promise, ask(), tooLate]);
  // The clock stops, and who has not got the lock leaves the queue.
  waiting.abort();
  return () => holding.abort();
}
