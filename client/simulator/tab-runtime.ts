import type { Random } from "../fuzz/random.ts";
import type { Runtime } from "../src/runtime.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** What the clock on the wall says when a history begins. */
export const wallStartMs = Date.UTC(2030, 0, 1);

/** Time and chance of one tab: those of the history. */
export function createTabRuntime(owner: Owner, scheduler: Scheduler, random: Random): Runtime {
  let ids = 0;
  return {
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const stop = () => {
          cancel();
          reject(signal.reason);
        };
        const wake = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        const cancel = scheduler.add(owner, `sleep ${Math.round(milliseconds)}`, milliseconds, wake, true);
        signal.addEventListener("abort", stop, { once: true });
      }),
    turn: () => Promise.resolve(),
    now: () => scheduler.now,
    wallMs: () => wallStartMs + scheduler.now,
    random: () => random.uint32() / 2 ** 32,
    newId: () => `${owner.name}.${++ids}`,
  };
}
