import fc from "fast-check";
import type { ScriptedUpstream } from "../scripted-upstream.ts";
import type { Target } from "./connection.ts";
import { checkOutcome, checkUpstreamCall, type Verdict } from "./expectations.ts";
import { goodCallOf, hostileRequest, send } from "./hostile-request.ts";

/** A gateway under attack, and the stacks behind it, which only good calls may reach. */
export interface Assailed {
  readonly target: Target;
  readonly stacks: readonly ScriptedUpstream[];
  /** How many requests there were of each kind. */
  readonly tried: Map<Verdict, number>;
}

/** Sends so many requests of a seed, one after another. A finding comes with the seed and the smallest request that shows it. */
export async function assail({ target, stacks, tried }: Assailed, numRuns: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(hostileRequest, async (request) => {
    const verdict = checkOutcome(await send(target, request), goodCallOf(request));
    tried.set(verdict, (tried.get(verdict) ?? 0) + 1);
    for (const { name, calls } of stacks) {
      for (const headers of calls.splice(0)) checkUpstreamCall(name, headers);
    }
  });
  await fc.assert(property, { numRuns, seed });
}
