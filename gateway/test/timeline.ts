import type { Strategy } from "e6data-web/headers";

/** Which stack is the active one, time after time, and what each connection has seen of that. */
export interface Timeline {
  /** Notes that a change to this stack has been asked for. */
  change(stack: Strategy): void;
  /** A connection that has seen nothing yet. */
  connection(): Sight;
}

/**
 * What one connection has seen. One thread of Envoy serves it, and each thread makes each change at one moment: once a connection has
 * seen a state, its later calls see none that came before.
 */
export interface Sight {
  /** The state that a call has to see at least, if it begins now. */
  mark(): number;
  /** Whether the latest state has been seen. */
  isLatest(): boolean;
  /** Notes which stack has answered a call that began at a mark. False if no state since then has it as the active one. */
  note(mark: number, stack: unknown): boolean;
}

/** Starts a timeline. */
export function startTimeline(active: Strategy): Timeline {
  const states: Strategy[] = [active];
  return {
    change(stack) {
      states.push(stack);
    },
    connection() {
      let seen = 0;
      return {
        mark: () => seen,
        isLatest: () => seen === states.length - 1,
        note(mark, stack) {
          const state = states.findIndex((active, index) => index >= mark && active === stack);
          seen = Math.max(seen, state);
          return state >= 0;
        },
      };
    },
  };
}
