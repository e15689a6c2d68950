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

/**
 * Takes a stack down, and up again once somebody has noticed: then a call has gone to the other stack. It has lost its connections, its
 * sessions and its queries by then.
 */
export async function restart({ control }: Mock, stack: Stack, ledger: Ledger): Promise<LostStack> {
  const from = Date.now();
  const seen = ledger.calls.length;
  await control.setStack(stack, { up: false });
  await ledger.until(`a call comes to ${otherStack(stack)} while ${stack} is down`, () =>
    ledger.calls.slice(seen).some((call) => call.stack !== stack),
  );
  await control.setStack(stack, { up: true });
  return { stack, from, to: Date.now() };
}
