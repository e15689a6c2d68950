import type { FaultRule, Mock } from "@e6data-web/mock";
import { otherStack } from "./deployer.ts";
import type { LostStack } from "./facts.ts";
import type { Ledger } from "./ledger.ts";
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
];

/** So many jobs that end show as well that a stack is down, where nobody looks for the other one. */
const jobsThatShow = 20;

/**
 * Takes a stack down, and up again once somebody may have noticed: then a call has gone to the other stack, or jobs have ended. It has
 * lost its connections, its sessions and its queries by then.
 */
export async function restart({ control }: Mock, stack: Stack, ledger: Ledger): Promise<LostStack> {
  const from = Date.now();
  const [calls, jobs] = [ledger.calls.length, ledger.outcomes.length];
  await control.setStack(stack, { up: false });
  const isNoticed = () =>
    ledger.outcomes.length >= jobs + jobsThatShow || ledger.calls.slice(calls).some((call) => call.stack !== stack);
  await ledger.until(`a call comes to ${otherStack(stack)} while ${stack} is down`, isNoticed);
  await control.setStack(stack, { up: true });
  return { stack, from, to: Date.now() };
}
