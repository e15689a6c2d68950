import type { Runtime } from "../src/runtime.ts";

/** A runtime without chance, whose time passes in pauses only: each is over at once and written down. */
export interface TestRuntime extends Runtime {
  /** The pauses that were asked for, in milliseconds. */
  readonly pauses: readonly number[];
}

/** Makes a runtime for one test. */
export function createTestRuntime(): TestRuntime {
  const pauses: number[] = [];
  let ids = 0;
  let time = 0;
  return {
    pauses,
    sleep(milliseconds, signal) {
      pauses.push(milliseconds);
      time += milliseconds;
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    },
    now: () => time,
    random: () => 1,
    newId: () => `id-${++ids}`,
  };
}
