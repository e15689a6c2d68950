import type { Runtime } from "../runtime.ts";

/** The shortest and the longest of a row of pauses, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

const ofCalls: Backoff = { firstMs: 200, longestMs: 10_000 };

/** The pause before repetition `n` (from 1): doubling, each between half of itself and itself. Default: 200 ms to 10 s. */
export function backoffMs(n: number, runtime: Runtime, { firstMs, longestMs } = ofCalls): number {
  const full = Math.min(firstMs * 2 ** (n - 1), longestMs);
  return full * (0.5 + runtime.random() / 2);
}
