/** Counts what happens, and tells who waits for it. */
export interface Count {
  readonly value: number;
  add(): void;
  /** Resolves when the count is so high. */
  until(value: number): Promise<void>;
}

/** Begins to count. */
export function createCount(): Count {
  let value = 0;
  let waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  return {
    get value() {
      return value;
    },
    add() {
      value += 1;
      const due = waiting.filter(({ until }) => until <= value);
      waiting = waiting.filter(({ until }) => until > value);
      for (const { resolve } of due) {
        resolve();
      }
    },
    async until(wanted) {
      if (value < wanted) {
        await new Promise<void>((resolve) => waiting.push({ until: wanted, resolve }));
      }
    },
  };
}
