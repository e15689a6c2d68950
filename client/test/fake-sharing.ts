import type { Runtime } from "../src/runtime.ts";
import { SharedStore, type SharedStoreParts } from "../src/store/shared-store.ts";
import type { News, RowChange } from "../src/store/state-row.ts";
import type { StoreEvent } from "../src/store/store-event.ts";
import type { StrategyState } from "../src/strategy/strategy-state.ts";

/** A step of the platform. */
export type Step =
  /** A transaction comes to the row, which only reads it or may write it. */
  | "read"
  | "write"
  /** Its answer comes back. */
  | "answer"
  | "join"
  /** One hears another ring. */
  | "hear"
  | "lock";

/** Decides when a step of the platform is done, and how it fails. */
export type Pace = (step: Step) => void | Promise<void>;

/** The page of one store. */
export interface FakePage {
  wake(): void;
  leave(): void;
  isWatched: boolean;
}

/** A platform in memory that several stores share, and that fails and dawdles as a test says. */
export class FakeSharing {
  row: StrategyState | undefined;
  /** The row after each transaction. */
  readonly history: (StrategyState | undefined)[] = [];
  /** How many connections and channels are in use. */
  inUse = 0;
  /** All that was rung. */
  readonly rung: News[] = [];
  readonly #hearers = new Set<(news: News) => void>();
  #locks = Promise.resolve();

  /** The parts of one more store. `events` are what it tells of itself; `page` wakes it up and puts it away. */
  parts(runtime: Runtime, pace: Pace = () => undefined) {
    const events: StoreEvent[] = [];
    const page: FakePage = { wake: () => undefined, leave: () => undefined, isWatched: false };
    const parts: SharedStoreParts = {
      row: this.#openRow(pace),
      joinBell: (hear) => this.#join(hear, pace),
      requestLock: async (_name, signal, held) => {
        await pace("lock");
        const before = this.#locks;
        const given = before.then(() => (signal.aborted ? undefined : held()));
        this.#locks = given;
        await given;
      },
      watchPage: (onReturn, onLeave) => {
        Object.assign(page, { wake: onReturn, leave: onLeave, isWatched: true });
        return () => {
          page.isWatched = false;
        };
      },
      runtime,
      onEvent: (event) => events.push(event),
    };
    return { parts, events, page };
  }

  /** One more store. */
  open(runtime: Runtime, pace?: Pace) {
    const { parts, events, page } = this.parts(runtime, pace);
    return { store: new SharedStore(parts), events, page };
  }

  #openRow(pace: Pace): SharedStoreParts["row"] {
    let isOpen = false;
    const use = (isUsed: boolean) => {
      if (isUsed !== isOpen) this.inUse += isUsed ? 1 : -1;
      isOpen = isUsed;
    };
    return {
      transact: async (change?: RowChange) => {
        use(true);
        try {
          await pace(change ? "write" : "read");
        } catch (error) {
          use(false);
          throw error;
        }
        const before = this.row;
        // Any transaction may be begun again.
        change?.(before);
        const after = change ? change(before) : before;
        this.row = after;
        this.history.push(after);
        await pace("answer");
        return after;
      },
      close: () => use(false),
    };
  }

  #join(hear: (news: News) => void, pace: Pace): ReturnType<SharedStoreParts["joinBell"]> {
    const mine = (news: News) => hear(news);
    // Those who fail here do so at once.
    void pace("join");
    this.#hearers.add(mine);
    this.inUse++;
    return {
      ring: ({ lineage, version }) => {
        const rung = { lineage, version };
        this.rung.push(rung);
        for (const other of this.#hearers) {
          if (other !== mine) void this.#bring(rung, other, pace);
        }
      },
      close: () => {
        this.#hearers.delete(mine);
        this.inUse--;
      },
    };
  }

  async #bring(news: News, hear: (news: News) => void, pace: Pace): Promise<void> {
    try {
      await pace("hear");
      if (this.#hearers.has(hear)) hear(news);
    } catch {
      // Lost on its way.
    }
  }
}
