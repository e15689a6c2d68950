/** Lets somebody go on step by step. */
export interface Pace {
  /** Resolves when a step may be made. */
  turn(): Promise<void>;
  /** Allows so many steps more. */
  allow(steps: number): void;
}

/** Creates a {@link Pace} that allows nothing yet. */
export function createPace(): Pace {
  let allowed = 0;
  let waiting: (() => void) | undefined;
  return {
    async turn() {
      while (allowed <= 0) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      allowed--;
    },
    allow(steps) {
      allowed += steps;
      waiting?.();
    },
  };
}
