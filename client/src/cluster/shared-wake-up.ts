import { harmlessly } from "../harmlessly.ts";
import type { Runtime } from "../runtime.ts";
import { waitFor } from "../transport/cancellation.ts";
import type { AskCluster } from "./cluster-calls.ts";
import { type ResumeProgress, type WakeUpOptions, wakeUp } from "./wake-up.ts";

/** What one of those who wait for the cluster brings along. */
export interface Waiter extends WakeUpOptions {
  /** Is told how the resume goes on. What it throws does not touch the resume. */
  readonly onProgress?: ((progress: ResumeProgress) => void) | undefined;
}

/** Resumes the cluster and waits until it is active; see {@link wakeUp}. */
export type SharedWakeUp = (waiter: Waiter, signal: AbortSignal) => Promise<void>;

interface Flight {
  readonly waiters: Set<Waiter>;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/**
 * One resume for all who need it at a time: the first one's times count, everyone hears of the progress. It ends early
 * once nobody waits any more.
 */
export function createSharedWakeUp(ask: AskCluster, runtime: Runtime): SharedWakeUp {
  let flight: Flight | undefined;
  const takeOff = (first: Waiter): Flight => {
    const waiters = new Set<Waiter>();
    const abort = new AbortController();
    const done = wakeUp(ask, runtime, first, abort.signal, (progress) => {
      for (const { onProgress } of waiters) {
        harmlessly(() => onProgress?.(progress));
      }
    });
    // Everyone who waited may have left by the time it fails.
    done.catch(() => undefined);
    return { waiters, abort, done };
  };
  return async (waiter, signal) => {
    flight ??= takeOff(waiter);
    const mine = flight;
    const self = { ...waiter };
    mine.waiters.add(self);
    try {
      await waitFor(mine.done, signal);
    } finally {
      mine.waiters.delete(self);
      if (mine.waiters.size === 0) {
        mine.abort.abort();
        flight = flight === mine ? undefined : flight;
      }
    }
  };
}
