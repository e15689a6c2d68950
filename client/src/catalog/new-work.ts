import { isE6Error, knownPlace } from "../error.ts";
import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import type { EngineAccess, SessionRoute } from "../session/engine-access.ts";
import { type Failure, failureOf } from "../session/recovery.ts";
import { unknownOutcome } from "../session/unknown-outcome.ts";
import { type CallLimits, runWithin } from "../transport/call-limits.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";

/** What may have become of a call that ended so is unknown. */
const unknownOutcomes: ReadonlySet<Failure> = new Set(["lost", "timed-out"]);

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
  call: "new" | "change" = "new",
): Promise<T> {
  return runWithin(context, limits, (signal) =>
    context.access.run((route) => work({ route, signal }), { signal }, call),
  );
}

/**
 * Runs work that changes something, as {@link runNewWork} does. It may be run again only where the engine refused it before
 * doing anything: one whose answer is lost rejects with `SUBMISSION_UNKNOWN`.
 */
export async function onceOnly<T>(
  name: string,
  context: CatalogContext,
  limits: CallLimits,
  work: Parameters<typeof runNewWork<T>>[2],
): Promise<T> {
  let begun = false;
  try {
    const once: typeof work = (call) => {
      begun = true;
      return work(call);
    };
    return await runNewWork(context, limits, once, "change");
  } catch (error) {
    if (!begun || !isE6Error(error) || !unknownOutcomes.has(failureOf(error))) throw error;
    throw unknownOutcome(`${name}()`, { cause: error, ...knownPlace(error) });
  }
}
