import type { Random } from "../fuzz/random.ts";
import type { SharedStoreParts } from "../src/store/shared-store.ts";
import type { Bell, News, RowChange, StateRow } from "../src/store/state-row.ts";
import type { StrategyState } from "../src/strategy/strategy-state.ts";
import type { Latency } from "./latency.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** How the storage of a tab answers. */
export type StorageMood = "well" | "hangs" | "fails";

/** What a tab uses of its browser. */
export interface Platform extends Pick<SharedStoreParts, "row" | "joinBell" | "requestLock" | "watchPage"> {
  mood: StorageMood;
  hasLocks: boolean;
  /** The page is seen again. */
  wake(): void;
  /** The page may be put into the back/forward cache. */
  leave(): void;
  /** Lets go of everything, as the browser does for a tab that is gone. */
  crash(): void;
  /** What is in use, by name. */
  inUse(): string[];
}

interface Waiting {
  readonly owner: Owner;
  readonly grant: () => void;
}

interface Lock {
  holder: Owner | undefined;
  readonly queue: Waiting[];
}

interface Ear {
  readonly owner: Owner;
  readonly hear: (news: News) => void;
}

/** Is told what everybody can see: each row that is written, and all that is rung. */
export interface OriginWatch {
  wrote(row: StrategyState): void;
  asked(owner: Owner, lock: string): void;
}

/** What the tabs of an origin share: a row, a channel, and locks. */
export class Origin {
  row: StrategyState | undefined;
  /** How often a ring gets lost, and how often it comes twice. */
  lossShare = 0;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #latency: Latency;
  readonly #watch: OriginWatch;
  readonly #ears = new Set<Ear>();
  readonly #locks = new Map<string, Lock>();

  constructor(scheduler: Scheduler, random: Random, latency: Latency, watch: OriginWatch) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#latency = latency;
    this.#watch = watch;
  }

  /** A tab of this origin. */
  open(owner: Owner): Platform {
    const used = { row: false, page: false };
    const joined = new Set<Ear>();
    const nothing = () => undefined;
    const page = { onReturn: nothing as () => void, onLeave: nothing as () => void };
    const platform: Platform = {
      mood: "well",
      hasLocks: true,
      row: this.#openRow(
        owner,
        () => platform.mood,
        (isOpen) => {
          used.row = isOpen;
        },
      ),
      joinBell: (hear) => this.#join({ owner, hear }, joined),
      requestLock: (name, signal, held) => {
        this.#watch.asked(owner, name);
        return platform.hasLocks
          ? this.#request(owner, name, signal, held)
          : Promise.reject(new DOMException("no locks", "SecurityError"));
      },
      watchPage: (onReturn, onLeave) => {
        Object.assign(page, { onReturn, onLeave });
        used.page = true;
        return () => {
          Object.assign(page, { onReturn: nothing, onLeave: nothing });
          used.page = false;
        };
      },
      wake: () => page.onReturn(),
      leave: () => page.onLeave(),
      crash: () => {
        for (const ear of joined) this.#ears.delete(ear);
        for (const lock of this.#locks.values()) this.#forget(lock, owner);
      },
      inUse: () => [
        ...(used.row ? ["row"] : []),
        ...(used.page ? ["page"] : []),
        ...(joined.size > 0 ? ["bell"] : []),
        ...[...this.#locks].filter(([, { holder }]) => holder === owner).map(([name]) => `lock ${name}`),
      ],
    };
    return platform;
  }

  #openRow(owner: Owner, mood: () => StorageMood, use: (isOpen: boolean) => void): StateRow {
    const transact = (change: RowChange | undefined) =>
      new Promise<StrategyState | undefined>((resolve, reject) => {
        use(true);
        const fail = () => reject(new DOMException("told to fail", "AbortError"));
        const reach = () => {
          if (mood() === "hangs") return;
          if (mood() === "fails") return fail();
          const before = this.row;
          // Any transaction may be begun again.
          if (this.#random.chance(0.05)) change?.(before);
          const after = change === undefined ? before : change(before);
          this.row = after;
          if (after !== undefined && after !== before) this.#watch.wrote(after);
          this.#scheduler.add(owner, "row answers", this.#latency(), () =>
            mood() === "hangs" ? undefined : resolve(after),
          );
        };
        this.#scheduler.add(owner, change === undefined ? "row is read" : "row is written", this.#latency(), reach);
      });
    return { transact, close: () => use(false) };
  }

  #join(ear: Ear, joined: Set<Ear>): Bell {
    this.#ears.add(ear);
    joined.add(ear);
    return {
      ring: ({ lineage, version }) => {
        const news = { lineage, version };
        for (const other of this.#ears) {
          if (other !== ear) this.#bring(news, other);
        }
      },
      close: () => {
        this.#ears.delete(ear);
        joined.delete(ear);
      },
    };
  }

  #bring(news: News, ear: Ear): void {
    const times = this.#random.chance(this.lossShare) ? this.#random.pick([0, 2]) : 1;
    for (let time = 0; time < times; time++) {
      this.#scheduler.add(ear.owner, `hears ${news.lineage} ${news.version}`, this.#latency(), () => {
        if (this.#ears.has(ear)) ear.hear(news);
      });
    }
  }

  #request(owner: Owner, name: string, signal: AbortSignal, held: () => Promise<void>): Promise<void> {
    const lock = this.#locks.get(name) ?? { holder: undefined, queue: [] };
    this.#locks.set(name, lock);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        owner,
        grant: () => {
          signal.removeEventListener("abort", leave);
          lock.holder = owner;
          void held().then(() => {
            if (lock.holder === owner) this.#release(lock);
            resolve();
          });
        },
      };
      const leave = () => {
        const index = lock.queue.indexOf(waiting);
        if (index >= 0) lock.queue.splice(index, 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      lock.queue.push(waiting);
      this.#grantNext(lock);
    });
  }

  #release(lock: Lock): void {
    lock.holder = undefined;
    this.#grantNext(lock);
  }

  #grantNext(lock: Lock): void {
    const next = lock.queue[0];
    if (lock.holder !== undefined || next === undefined) return;
    // Given as soon as it is free, taken up when its tab comes to it.
    lock.holder = next.owner;
    this.#scheduler.add(next.owner, "gets the lock", this.#latency(), () => {
      if (lock.queue[0] !== next) {
        if (lock.holder === next.owner) this.#release(lock);
        return;
      }
      lock.queue.shift();
      next.grant();
    });
  }

  #forget(lock: Lock, owner: Owner): void {
    const kept = lock.queue.filter((waiting) => waiting.owner !== owner);
    lock.queue.splice(0, lock.queue.length, ...kept);
    if (lock.holder === owner) this.#release(lock);
  }
}
