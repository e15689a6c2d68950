import type { Runtime } from "../src/runtime.ts";

/** A runtime without time or chance: every pause is over at once and written down. */
export interface TestRuntime extends Runtime {
  /** The pauses that were asked for, in milliseconds. */
  readonly pauses: readonly number[];
}

/** Makes a runtime for one test. */
export function createTestRuntime(): TestRuntime {
  const pauses: number[] = [];
  let ids = 0;
  return {
    pauses,
    sleep(milliseconds, signal) {
      pauses.push(milliseconds);
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    },
    random: () => 1,
    newId: () => `id-${++ids}`,
  };
}
