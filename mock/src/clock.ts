/** Time as the mock sees it: injected, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `action` once after `ms` milliseconds; the returned function calls it off. */
  after(ms: number, action: () => void): () => void;
}

/** The machine's own clock. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the time on by `ms` milliseconds and runs, in their order, the actions that became due. */
  advance(ms: number): void;
}

/** Creates a {@link ManualClock} that shows `start` (milliseconds since the epoch, 0 by default). */
export function createManualClock(start = 0): ManualClock {
  let time = start;
  const due = new Set<{ readonly at: number; readonly action: () => void }>();
  return {
    now: () => time,
    after(ms, action) {
      const entry = { at: time + ms, action };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(ms) {
      const end = time + ms;
      for (;;) {
        const next = [...due].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        due.delete(next);
        time = Math.max(time, next.at);
        next.action();
      }
      time = end;
    },
  };
}
