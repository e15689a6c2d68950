import { onAbort } from "./transport/cancellation.ts";

/** Time and chance, as the library needs them: tests put their own in place. */
export interface Runtime {
  /** Resolves after `milliseconds`, some 24 days at most; rejects with the signal's reason once that aborts, leaving no timer behind. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Resolves once the platform has had its turn to send what was given to it. */
  turn(): Promise<void>;
  /** Milliseconds since some moment; never runs backwards. */
  now(): number;
  /** Milliseconds since 1970 by the clock on the wall, which may be set. */
  wallMs(): number;
  /** A number from 0 up to but not including 1. */
  random(): number;
  /** A new id, unique among all tabs and machines. */
  newId(): string;
}

/** The longest time that a timer can be set to, in milliseconds. */
export const longestSleepMs = 2 ** 31 - 1;

/** The runtime that the platform offers. */
export const platformRuntime: Runtime = {
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        leaveOff();
        resolve();
      }, milliseconds);
      const leaveOff = onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  },
  turn: () =>
    new Promise((resolve) => {
      // Not a timer, where that can be: in hidden pages they may take a second.
      if (typeof MessageChannel === "undefined") {
        setTimeout(resolve);
        return;
      }
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    }),
  now: () => performance.now(),
  wallMs: () => Date.now(),
  random: () => Math.random(),
  newId() {
    // Not randomUUID(): browsers offer that on secure origins only.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};
