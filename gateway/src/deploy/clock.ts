import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** Time as it passes, for what waits and measures. Tests have their own. */
export interface Clock {
  /** Milliseconds from some moment on; never turned back. */
  now(): number;
  /** Resolves after so many milliseconds, or as soon as the signal is given. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own. */
export const machineClock: Clock = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    // It rejects for no other reason than the signal.
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};
