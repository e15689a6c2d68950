import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule, Mock } from "@e6data-web/mock";
import type { LostStack } from "./facts.ts";
import type { Stack } from "./page/told.ts";

/** One call in twenty is slow. */
export const slowCalls: readonly FaultRule[] = [{ rpc: "*", every: 20, delayMs: 30 }];

/**
 * Calls that get lost, in each way that there is: with the connection and all that is on it, or alone; before the engine has seen them,
 * after it has done its work, in the middle of the answer. The numbers are primes, so that over time every call of a query is hit.
 */
export const lostCalls: readonly FaultRule[] = [
  { rpc: "*", every: 1201, form: "drop-before" },
  { rpc: "*", every: 1301, form: "drop-answer" },
  { rpc: "*", every: 1409, form: "drop-mid" },
  { rpc: "*", every: 907, form: "reset-before" },
  { rpc: "*", every: 1009, form: "reset-answer" },
  { rpc: "*", every: 1103, form: "reset-mid" },
  // The one call that moves something which no other call can move back.
  { rpc: "getNextResultBatchV2", every: 211, form: "reset-answer" },
];

/** The longest time that a stack is down: many more tries fit into it than a query has, and it into the time that a query has. */
export const longestOutageMs = 6_000;

/** Takes a stack down, and up again some time later: it has lost its connections, its sessions and its queries by then. */
export async function restart({ control }: Mock, stack: Stack, downMs: number): Promise<LostStack> {
  const from = Date.now();
  await control.setStack(stack, { up: false });
  await sleep(downMs);
  await control.setStack(stack, { up: true });
  return { stack, from, to: Date.now() };
}
