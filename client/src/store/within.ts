import type { Runtime } from "../runtime.ts";

/** Waits for work, but no longer than `milliseconds`: then rejects with a `TimeoutError`, and the work goes on alone. */
export async function within<T>(work: Promise<T>, milliseconds: number, runtime: Runtime): Promise<T> {
  const done = new AbortController();
  const limit = runtime.sleep(milliseconds, done.signal).then(() => {
    throw new DOMException("no answer", "TimeoutError");
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    done.abort();
  }
}
