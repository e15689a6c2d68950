import type { StrategyState } from "./strategy-state.ts";

/** Keeps the state and makes each change of it atomic. */
export interface StrategyStore {
  /** The state as it is now. A cached look-up: no I/O. */
  read(): StrategyState;
  /** Applies a pure function to the state and answers the new one. */
  update(change: (state: StrategyState) => StrategyState): StrategyState;
}

/** The store of a single connection: it lives as long as its owner. */
export function createMemoryStore(initial: StrategyState): StrategyStore {
  let state = initial;
  return {
    read: () => state,
    update(change) {
      state = change(state);
      return state;
    },
  };
}
