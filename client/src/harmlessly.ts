/** Runs code of the caller's; what it throws goes to the platform. */
export function harmlessly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    // Where a platform has no such place, the error has nowhere to go.
    globalThis.reportError?.(error);
    return undefined;
  }
}
