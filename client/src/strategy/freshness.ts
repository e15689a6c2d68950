import type { StrategyState } from "./strategy-state.ts";

/** True while the active stack was seen to accept within `ttlMs`. What a clock that was set back puts ahead is not fresh. */
export function isFresh({ checkedAt }: StrategyState, at: number, ttlMs: number): boolean {
  return Math.abs(at - checkedAt) <= ttlMs;
}
