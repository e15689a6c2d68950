import { E6Error } from "../error.ts";
import type { Runtime } from "../runtime.ts";
import type { CallLimits } from "../transport/call-limits.ts";

/** How long a query may go on: everything that can end it early comes together in one signal. */
export interface QueryScope {
  /** Aborts with the caller's signal, with the connection, when the time is over, or by {@link abort}. */
  readonly signal: AbortSignal;
  /** What is left of the query's time, and `graceMs` on top; nothing where it has no limit. */
  remainingMs(graceMs?: number): number | undefined;
  /** Ends the query now, unless it has ended. */
  abort(reason: E6Error): void;
  /** Lets go of the timer and of every listener. Nothing ends the query from here on. */
  end(): void;
}

/** Begins the time of a query. */
export function createScope(
  { closing, runtime }: { readonly closing: AbortSignal; readonly runtime: Runtime },
  { signal, timeoutMs }: CallLimits,
): QueryScope {
  const scope = new AbortController();
  const ended = new AbortController();
  // Not AbortSignal.any(): a signal that outlives many queries must not gather a listener for each.
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
  return new E6Error("DEADLINE_EXCEEDED", `the query took longer than its "timeoutMs" of ${timeoutMs}`, {
    retryable: true,
    hint: 'raise "timeoutMs", or let the query do less',
  });
}
