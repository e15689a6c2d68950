import { E6Error } from "../error.ts";
import { longestSleepMs, type Runtime } from "../runtime.ts";
import type { CallLimits } from "./call-limits.ts";
import { onAbort } from "./cancellation.ts";

/** How long a call or a query may go on: everything that can end it early comes together in one signal. */
export interface CallScope {
  /** Aborts with the caller's signal, with the connection, when the time is over, or by {@link abort}. */
  readonly signal: AbortSignal;
  /** What is left of its time, and `graceMs` on top; nothing where it has no limit. */
  remainingMs(graceMs?: number): number | undefined;
  /** Ends it now, unless it has ended. */
  abort(reason: E6Error): void;
  /** Lets go of the timer and of every listener. Nothing ends it from here on. */
  end(): void;
}

/** Begins the time of a call or of a query. */
export function createScope(
  { closing, runtime }: { readonly closing: AbortSignal; readonly runtime: Runtime },
  { signal, timeoutMs = Number.POSITIVE_INFINITY, deadline }: CallLimits,
): CallScope {
  const scope = new AbortController();
  const ended = new AbortController();
  // Not AbortSignal.any(): a signal that outlives many calls must not gather a listener for each.
  const leaveOff = (signal === undefined ? [closing] : [closing, signal]).map((source) => {
    const forward = () => scope.abort(source.reason);
    if (source.aborted) forward();
    return onAbort(source, forward);
  });
  const untilDeadlineMs = deadline === undefined ? Number.POSITIVE_INFINITY : Number(deadline) - runtime.wallMs();
  const limitMs = Math.min(timeoutMs, untilDeadlineMs);
  const startedAt = runtime.now();
  const leftMs = () => limitMs - (runtime.now() - startedAt);
  const expire = async () => {
    // A deadline may lie further off than a timer reaches.
    while (leftMs() > 0) await runtime.sleep(Math.min(leftMs(), longestSleepMs), ended.signal);
    scope.abort(limitMs < timeoutMs ? deadlineError() : timeoutError(timeoutMs));
  };
  if (limitMs < Number.POSITIVE_INFINITY) expire().catch(() => undefined);
  return {
    signal: scope.signal,
    remainingMs: (graceMs = 0) =>
      limitMs === Number.POSITIVE_INFINITY
        ? undefined
        : Math.min(longestSleepMs, Math.max(1, Math.ceil(leftMs())) + graceMs),
    abort(reason) {
      if (!ended.signal.aborted) scope.abort(reason);
    },
    end() {
      for (const leave of leaveOff) leave();
      ended.abort();
    },
  };
}

function timeoutError(timeoutMs: number): E6Error {
  return new E6Error("DEADLINE_EXCEEDED", `the call took longer than ${timeoutMs} ms`, {
    retryable: true,
    hint: 'raise "timeoutMs", or ask for less',
  });
}

function deadlineError(): E6Error {
  return new E6Error("DEADLINE_EXCEEDED", "the deadline of the call has passed", {
    hint: 'pass a later "deadline", or ask for less',
  });
}
