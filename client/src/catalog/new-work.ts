import { E6Error, isE6Error } from "../error.ts";
import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import type { EngineAccess, SessionRoute } from "../session/engine-access.ts";
import { type CallLimits, runWithin } from "../transport/call-limits.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";

/** What the calls without a query run on. */
export interface CatalogContext {
  readonly call: EngineCaller;
  readonly access: EngineAccess;
  readonly settings: Settings;
  readonly runtime: Runtime;
  /** Ends with the connection. */
  readonly closing: AbortSignal;
}

/** Runs work that has no query on the active stack, within the limits of its caller. It may be run several times. */
export function runNewWork<T>(
  context: CatalogContext,
  limits: CallLimits,
  work: (options: CallOptions & { readonly route: SessionRoute }) => Promise<T>,
): Promise<T> {
  return runWithin(context, limits, (signal) => context.access.run((route) => work({ route, signal }), signal));
}

/**
 * Waits for a call that changes something. It may be made again only where the engine refused it before doing
 * anything: one whose answer is lost rejects with `SUBMISSION_UNKNOWN`.
 */
export async function onceOnly<T>(name: string, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!isE6Error(error) || !isAnswerLost(error)) {
      throw error;
    }
    throw new E6Error("SUBMISSION_UNKNOWN", `the answer to ${name}() was lost: it may have been done, or not`, {
      cause: error,
      ...(error.strategy && { strategy: error.strategy }),
      hint: "find out whether it was done before it is done again",
    });
  }
}

function isAnswerLost({ code, retryable }: E6Error): boolean {
  return code === "NETWORK" || code === "DEADLINE_EXCEEDED" || (code === "GATEWAY" && !retryable);
}
