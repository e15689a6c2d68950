import type { Strategy } from "../headers.ts";
import type { Cooldown } from "./strategy-state.ts";

const shortestMs = 1_000;
const longestMs = 60_000;

/** True while the announcements of a stack are ignored. A clock that is set back makes it no longer than it was to be. */
export function isCooling(cooldown: Cooldown | undefined, stack: Strategy, at: number): boolean {
  if (cooldown?.stack !== stack) return false;
  const leftMs = cooldown.until - at;
  return leftMs > 0 && leftMs <= cooldown.delayMs;
}

/** The cooldown of a stack that has just refused: 1 s, and twice as long as its last one, 60 s at most. */
export function startCooldown(last: Cooldown | undefined, stack: Strategy, at: number): Cooldown {
  const delayMs = last?.stack === stack ? Math.min(2 * last.delayMs, longestMs) : shortestMs;
  return { stack, until: at + delayMs, delayMs };
}
