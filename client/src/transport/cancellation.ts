import { E6Error, isE6Error } from "../error.ts";

/** The error for an aborted signal: `DEADLINE_EXCEEDED` for one of `AbortSignal.timeout()`, else `CANCELLED`. */
export function abortError(signal: AbortSignal): E6Error {
  const reason: unknown = signal.reason;
  if (isE6Error(reason)) {
    return reason;
  }
  return reason instanceof Error && reason.name === "TimeoutError"
    ? new E6Error("DEADLINE_EXCEEDED", "the signal's time ran out", { cause: reason, retryable: true })
    : new E6Error("CANCELLED", "cancelled by its signal", { cause: reason });
}

/**
 * Waits for shared work that others wait for too: an abort ends this wait, not the work, with the error of
 * {@link abortError}. Leaves no listener behind.
 */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) {
    onAbort();
  }
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([aborted.promise, work]);
  } catch (error) {
    // The work may listen to the same signal and be the first to fail by it: that is still an abort.
    throw signal.aborted ? abortError(signal) : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
