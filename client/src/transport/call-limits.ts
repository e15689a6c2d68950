import { type Checks, checkAll, numberFrom } from "../checks.ts";
import { longestSleepMs, type Runtime } from "../runtime.ts";
import { type CallScope, createScope } from "./call-scope.ts";
import { waitFor } from "./cancellation.ts";

/** What every call takes beside its own options. */
export interface CallLimits {
  /** Ends the call: it rejects with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call after so many milliseconds: it rejects with `DEADLINE_EXCEEDED`. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * Ends the call at this moment, likewise: one that has passed lets nothing begin. By the clock of this machine, read once, when
   * the call begins. Beside `timeoutMs` the earlier one counts. Default: no limit.
   */
  readonly deadline?: Date | undefined;
}

/** What {@link CallLimits} have to be. */
export const limitChecks: Checks = {
  signal: [(value) => value instanceof AbortSignal, "an AbortSignal"],
  timeoutMs: numberFrom(1, longestSleepMs),
  // By tag, not by class: a date from another realm is as good.
  deadline: [
    (value) => Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value)),
    "a valid Date",
  ],
};

/** Checks the options of a call: its limits and those of `checks`. Throws `INVALID_OPTION`. */
export function readCallOptions<T extends CallLimits>(options: T, where: string, checks?: Checks): T {
  checkAll(options, { ...limitChecks, ...checks }, where);
  return options;
}

/**
 * Runs work under the limits of its caller and the end of its connection: `work` gets one signal for all of them, and
 * what is left of its time. Leaves neither timer nor listener behind.
 */
export async function runWithin<T>(
  context: { readonly runtime: Runtime; readonly closing: AbortSignal },
  limits: CallLimits,
  work: (signal: AbortSignal, remainingMs: CallScope["remainingMs"]) => Promise<T>,
): Promise<T> {
  const { signal, remainingMs, end } = createScope(context, limits);
  try {
    return await waitFor(signal.aborted ? Promise.reject(signal.reason) : work(signal, remainingMs), signal);
  } finally {
    end();
  }
}
