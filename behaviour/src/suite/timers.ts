// Taken before anybody is watched: what the suite itself waits for is nobody's orphan.
const { setTimeout: start, clearTimeout: stop } = globalThis;

/** Resolves after so many milliseconds. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    start(resolve, milliseconds);
  });
}

/** Rejects if the work is not done after so many milliseconds. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = start(() => reject(new Error(`not done after ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop(timer);
  }
}

/** Node's fetch sets timers by the same global function; these are Node's to end. */
const setByNode = () => new Error().stack?.split("\n")[3]?.includes("node:internal") ?? false;

/** Watches the runtime's timers from now on. The answer tells how many wait to go off that it has not told before. */
export function watchTimers(): () => number {
  const waiting = new Set<unknown>();
  const startTimer = (handler: (...values: unknown[]) => void, milliseconds?: number, ...values: unknown[]) => {
    const timer: unknown = start(() => {
      waiting.delete(timer);
      handler(...values);
    }, milliseconds);
    if (!setByNode()) waiting.add(timer);
    return timer;
  };
  const stopTimer = (timer: unknown) => {
    waiting.delete(timer);
    // What a runtime calls a timer is its own business.
    stop(timer as Parameters<typeof clearTimeout>[0]);
  };
  Object.assign(globalThis, { setTimeout: startTimer, clearTimeout: stopTimer });
  return () => {
    const { size } = waiting;
    waiting.clear();
    return size;
  };
}
