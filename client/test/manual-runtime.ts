import type { Runtime } from "../src/runtime.ts";

/** A runtime whose time passes only when a test says so. */
export interface ManualRuntime extends Runtime {
  /** The pauses that are not over yet, in milliseconds from when they began. */
  readonly sleeping: readonly number[];
  /** Lets time pass: every pause that is due ends. */
  advance(milliseconds: number): void;
}

/** What the clock on the wall says when a test begins, in either runtime. */
export const wallStartMs = Date.UTC(2030, 0, 1);

/** Makes a runtime for one test. */
export function createManualRuntime(): ManualRuntime {
  const sleepers = new Set<{ readonly milliseconds: number; readonly due: number; readonly wake: () => void }>();
  let time = 0;
  let ids = 0;
  return {
    get sleeping() {
      return [...sleepers].map(({ milliseconds }) => milliseconds);
    },
    advance(milliseconds) {
      time += milliseconds;
      for (const sleeper of sleepers) {
        if (sleeper.due <= time) sleeper.wake();
      }
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const sleeper = {
          milliseconds,
          due: time + milliseconds,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    turn: () => Promise.resolve(),
    now: () => time,
    wallMs: () => wallStartMs + time,
    random: () => 1,
    newId: () => `id-${++ids}`,
  };
}
