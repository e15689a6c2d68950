/** Makes a call, and tells what is wrong with its outcome; nothing if all is well. */
export type Attempt = () => Promise<string | undefined>;

/** Callers at work. */
export interface Load {
  /** Rejects as soon as something is wrong, and never resolves: to be raced with what is waited for. */
  readonly failed: Promise<never>;
  /** Begins no more calls, waits for those in flight, and tells all that was wrong. */
  stop(): Promise<readonly string[]>;
}

/** Makes each attempt again and again, all at the same time. Who has met a problem calls no more. */
export function startLoad(attempts: readonly Attempt[]): Load {
  let isOver = false;
  const failure = Promise.withResolvers<never>();
  // It is no failure of the test that nobody waits for it.
  failure.promise.catch(() => undefined);
  const caller = async (attempt: Attempt): Promise<string | undefined> => {
    while (!isOver) {
      const problem = await attempt().catch(String);
      if (problem !== undefined) {
        failure.reject(new Error(problem));
        return problem;
      }
    }
    return undefined;
  };
  const callers = attempts.map(caller);
  return {
    failed: failure.promise,
    async stop() {
      isOver = true;
      return (await Promise.all(callers)).filter((problem) => problem !== undefined);
    },
  };
}
