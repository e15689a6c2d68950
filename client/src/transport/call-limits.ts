import { invalidOption, rejectUnknown } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import { createScope } from "./call-scope.ts";
import { waitFor } from "./cancellation.ts";

/** What every call takes beside its own options. */
export interface CallLimits {
  /** Ends the call: it rejects with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call after so many milliseconds: it rejects with `DEADLINE_EXCEEDED`. Default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/** The longest time that a timer can be set to. */
const longestMs = 2 ** 31 - 1;

/** Checks the options of a call: its limits, and that it has no others than `names`. Throws `INVALID_OPTION`. */
export function readCallOptions<T extends CallLimits>(options: T, names: readonly string[], where: string): T {
  rejectUnknown(options, new Set([...names, "signal", "timeoutMs"]), where);
  // Not every caller is compiled by TypeScript.
  const { signal, timeoutMs }: { signal?: unknown; timeoutMs?: unknown } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidOption("signal", "is not an AbortSignal", "pass the signal of an AbortController");
  }
  if (timeoutMs !== undefined) {
    checkMilliseconds(timeoutMs, "timeoutMs");
  }
  return options;
}

/** Throws `INVALID_OPTION` unless the value is a time of at least `least` that a timer can be set to. */
export function checkMilliseconds(value: unknown, name: string, least = 1): void {
  if (typeof value !== "number" || !(value >= least && value <= longestMs)) {
    throw invalidOption(name, `is not a number from ${least} to ${longestMs}`, "pass a time in milliseconds");
  }
}

/**
 * Runs work under the limits of its caller and the end of its connection: `work` gets one signal for all of them.
 * Leaves neither timer nor listener behind.
 */
export async function runWithin<T>(
  context: { readonly runtime: Runtime; readonly closing: AbortSignal },
  limits: CallLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, end } = createScope(context, limits);
  try {
    return await waitFor(signal.aborted ? Promise.reject(signal.reason) : work(signal), signal);
  } finally {
    end();
  }
}
