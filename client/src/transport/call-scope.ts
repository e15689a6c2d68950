import { E6Error } from "../error.ts";
import type { Runtime } from "../runtime.ts";
import type { CallLimits } from "./call-limits.ts";

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
  { signal, timeoutMs }: CallLimits,
): CallScope {
  const scope = new AbortController();
  const ended = new AbortController();
  // Not AbortSignal.any(): a signal that outlives many calls must not gather a listener for each.
  for (const source of signal === undefined ? [closing] : [closing, signal]) {
    const forward = () => scope.abort(source.reason);
    if (source.aborted) forward();
    source.addEventListener("abort", forward, { signal: ended.signal });
  }
  const startedAt = runtime.now();
  if (timeoutMs !== undefined) {
    runtime.sleep(timeoutMs, ended.signal).then(
      () => scope.abort(timeoutError(timeoutMs)),
      () => undefined,
    );
  }
  return {
    signal: scope.signal,
    remainingMs: (graceMs = 0) =>
      timeoutMs === undefined ? undefined : Math.max(1, Math.ceil(timeoutMs - (runtime.now() - startedAt))) + graceMs,
    abort(reason) {
      if (!ended.signal.aborted) scope.abort(reason);
    },
    end: () => ended.abort(),
  };
}

function timeoutError(timeoutMs: number): E6Error {
  return new E6Error("DEADLINE_EXCEEDED", `the call took longer than ${timeoutMs} ms`, {
    retryable: true,
    hint: 'raise "timeoutMs", or ask for less',
  });
}
