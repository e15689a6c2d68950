import { invalidOption, rejectUnknown } from "../options.ts";
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

/** What an option has to be: the test, and the words for it. */
export type Check = readonly [test: (value: unknown) => boolean, words: string];

/** Checks of options by their names. */
export type Checks = Readonly<Record<string, Check>>;

/** What {@link CallLimits} have to be. */
export const limitChecks: Checks = {
  signal: [(value) => value instanceof AbortSignal, "an AbortSignal"],
  timeoutMs: milliseconds(1),
  // By tag, not by class: a date from another realm is as good.
  deadline: [
    (value) => Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value)),
    "a valid Date",
  ],
};

/** A time that a timer can be set to, of at least `least`. */
export function milliseconds(least: number): Check {
  const words = `a number of milliseconds from ${least} to ${longestSleepMs}`;
  return [(value) => typeof value === "number" && value >= least && value <= longestSleepMs, words];
}

/** Checks the options of a call, which has those of `checks` and no others. Throws `INVALID_OPTION`, naming option and remedy. */
export function checkAll(options: object, checks: Checks, where: string): void {
  // Not every caller is compiled by TypeScript.
  if (typeof options !== "object" || options === null) {
    throw invalidOption("options", `of ${where} is not an object`, `pass an object of options, or leave it out`);
  }
  rejectUnknown(options, new Set(Object.keys(checks)), where);
  for (const [name, value] of Object.entries(options)) {
    const [test, words] = checks[name] ?? [];
    if (value !== undefined && test?.(value) === false) {
      throw invalidOption(name, `is not ${words}`, `pass ${words}, or leave it out`);
    }
  }
}

/** Checks the options of a call: its limits and, no further, those of `names`. Throws `INVALID_OPTION`. */
export function readCallOptions<T extends CallLimits>(options: T, names: readonly string[], where: string): T {
  const others = names.map((name): [string, Check] => [name, [() => true, ""]]);
  checkAll(options, { ...Object.fromEntries(others), ...limitChecks }, where);
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
