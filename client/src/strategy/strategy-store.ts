import { harmlessly } from "../harmlessly.ts";
import type { StrategyEvent, StrategyState } from "./strategy-state.ts";
import { transition } from "./transition.ts";

/** Is told when the view of a store has changed, its times apart. What it throws goes to the platform and touches nothing. */
export type StrategyListener = (state: StrategyState, before: StrategyState) => void;

/** Keeps the state and makes each change of it atomic. */
export interface StrategyStore {
  /** The state as it is seen here now, with the events of this side that are still on their way. No I/O. */
  read(): StrategyState;
  /** Applies an event to the view at once, and to what is stored atomically. Answers the view. Never throws. */
  dispatch(event: StrategyEvent): StrategyState;
  /** Tells `listener` of each change, until the function that it answers is called. */
  subscribe(listener: StrategyListener): () => void;
  /** Lets go of everything. The view stays readable. */
  close(): void | Promise<void>;
  /** Settles soon, when what others know has been read, or could not be: the first call waits for it. Default: nothing is waited for. */
  readonly ready?: Promise<void>;
  /**
   * Runs `work` once nobody else who shares the store runs what has this name, or after `maxWaitMs`; what others know has been
   * read again before, if it could. It saves work done twice, no more. Default: `work` runs at once.
   */
  withLock?<T>(name: string, maxWaitMs: number, work: () => Promise<T>): Promise<T>;
}

/** The store of a single connection: it lives as long as its owner. */
export function createMemoryStore(initial: StrategyState): StrategyStore {
  let state = initial;
  const listeners = new Set<StrategyListener>();
  return {
    read: () => state,
    dispatch(event) {
      const before = state;
      state = transition(before, event);
      if (state.version !== before.version) tellListeners(listeners, state, before);
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
}

/** Tells all listeners, whatever one of them throws. */
export function tellListeners(
  listeners: Iterable<StrategyListener>,
  state: StrategyState,
  before: StrategyState,
): void {
  for (const listener of listeners) harmlessly(() => listener(state, before));
}
