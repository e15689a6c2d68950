import type { Runtime } from "../runtime.ts";

const firstDelayMs = 200;
const longestDelayMs = 10_000;

/** The pause before repetition `n` (from 1): 200 ms, doubling, each between half of itself and itself. */
export function backoffMs(n: number, runtime: Runtime): number {
  const full = Math.min(firstDelayMs * 2 ** (n - 1), longestDelayMs);
  return full * (0.5 + runtime.random() / 2);
}
