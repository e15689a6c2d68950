import type { Strategy } from "../headers.ts";

/** A query that runs, and the stack where it lives. */
export interface PinnedQuery {
  /** The engine's id of the query. */
  readonly queryId: string;
  /** The stack that all of its calls go to, also when another one is active. */
  readonly strategy: Strategy;
}

/** Something that runs: what has an id is a query. */
interface Held {
  readonly queryId?: string;
  readonly route?: { readonly strategy: Strategy };
}

/** What runs on a connection: queries, each from its first call to its last, and what is about to become one. */
export class Pins {
  readonly #held = new Set<Held>();
  readonly #onRelease: () => void;

  /** `onRelease` is told each time that something has ended. */
  constructor(onRelease: () => void) {
    this.#onRelease = onRelease;
  }

  /** How many run. */
  get count(): number {
    return this.#held.size;
  }

  /** Those of them that are queries already. */
  get queries(): PinnedQuery[] {
    return [...this.#held].flatMap(({ queryId, route }) =>
      queryId && route ? { queryId, strategy: route.strategy } : [],
    );
  }

  hold(pin: Held): void {
    this.#held.add(pin);
  }

  /** Letting go twice is letting go once. */
  release(pin: Held): void {
    if (this.#held.delete(pin)) this.#onRelease();
  }
}
