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
  const leave = () => aborted.reject(signal.reason);
  if (signal.aborted) {
    leave();
  }
  const leaveOff = onAbort(signal, leave);
  try {
    return await Promise.race([aborted.promise, work]);
  } catch (error) {
    // The work may listen to the same signal and be the first to fail by it: that is still an abort.
    throw signal.aborted ? abortError(signal) : error;
  } finally {
    leaveOff();
  }
}

/**
 * Listens for the end of a signal, and tells how to leave off. Not by the option `signal` of the listener itself: Node holds what
 * it needs to remove such a one so weakly that on a target which outlives many signals it stays, with all that it refers to.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
