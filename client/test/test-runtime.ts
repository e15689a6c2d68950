import type { Runtime } from "../src/runtime.ts";
import { wallStartMs } from "./manual-runtime.ts";

/** From here on a pause is a time limit: it is over once other pauses have taken that long. */
const limitMs = 60_000;

/** A runtime without chance, whose time passes in pauses only: each is over at once and written down. */
export interface TestRuntime extends Runtime {
  /** The pauses that were asked for, in milliseconds. */
  readonly pauses: readonly number[];
}

/** Makes a runtime for one test. */
export function createTestRuntime(): TestRuntime {
  const pauses: number[] = [];
  const limits = new Set<() => void>();
  let ids = 0;
  let time = 0;
  return {
    pauses,
    sleep(milliseconds, signal) {
      if (milliseconds >= limitMs && !signal.aborted) {
        const due = time + milliseconds;
        return new Promise((resolve, reject) => {
          limits.add(() => time >= due && resolve());
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      }
      pauses.push(milliseconds);
      time += milliseconds;
      for (const check of limits) check();
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    },
    turn: () => Promise.resolve(),
    now: () => time,
    wallMs: () => wallStartMs + time,
    random: () => 1,
    newId: () => `id-${++ids}`,
  };
}
