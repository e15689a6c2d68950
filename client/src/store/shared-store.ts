import { harmlessly } from "../harmlessly.ts";
import type { Runtime } from "../runtime.ts";
import { type StrategyEvent, type StrategyState, unknownStrategy } from "../strategy/strategy-state.ts";
import { type StrategyListener, type StrategyStore, tellListeners } from "../strategy/strategy-store.ts";
import { isNews, transition } from "../strategy/transition.ts";
import type { Bell, JoinBell, News, StateRow, WatchPage } from "./state-row.ts";
import { reasonOf, type SharingPart, type StoreEvent, type StoreEventListener } from "./store-event.ts";
import { type RequestLock, takeLock } from "./tab-lock.ts";
import { within } from "./within.ts";

/** What the platform gives to a store that is shared. */
export interface SharedStoreParts {
  readonly row: StateRow;
  readonly joinBell: JoinBell;
  readonly requestLock: RequestLock;
  readonly watchPage: WatchPage;
  readonly runtime: Runtime;
  readonly onEvent: StoreEventListener;
}

/** A platform that has not answered by then does not answer. */
const longestTransactionMs = 2_000;
/** How long somebody may be kept waiting by a read at most. */
const longestReadMs = 100;
/** Who works alone looks this often, when something changes, whether the store has come back. */
const retryMs = 60_000;

/**
 * A store that is shared with others by a row that changes atomically. Reads are answered by a mirror of the row, under the
 * events of this side that are still on their way:
 *
 *     dispatch ──▶ events ──▶ transaction: row = events applied to the row ──▶ mirror = row ──▶ bell "version n"
 *                    │                                                           ▲                    │
 *     read ◀── view = events applied to the mirror ◀─────────────────────────────┘ ◀── transaction ◀──┘ (others)
 *
 * - One transaction at a time; what comes meanwhile goes with the next. No caller waits for one, but for {@link ready}.
 * - What a transaction answers takes the mirror's place, whatever it is: versions order nothing here.
 * - A row that is missing is begun by the first change, from what the mirror knows, as a new lineage; reading never begins one.
 * - Where the platform fails, the view is this side's alone, in a lineage of its own, until a transaction succeeds again. That one only reads.
 */
export class SharedStore implements StrategyStore {
  /** Settles when the row has been read for the first time, 100 ms after the store was made at the latest. */
  readonly ready: Promise<void>;
  readonly #parts: SharedStoreParts;
  readonly #listeners = new Set<StrategyListener>();
  readonly #unwatch: () => void;
  readonly #end = new AbortController();
  #mirror: StrategyState;
  #view: StrategyState;
  #events: StrategyEvent[] = [];
  #bell: Bell | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isLate = false;
  #isAlone = false;
  #triedAt = 0;
  #hasNoLocks = false;

  constructor(parts: SharedStoreParts) {
    this.#parts = parts;
    const { runtime, watchPage } = parts;
    this.#mirror = this.#view = unknownStrategy(runtime.newId(), runtime.newId());
    this.#unwatch = watchPage(
      () => this.#wake(),
      () => this.#rest(),
    );
    this.ready = this.#freshen();
  }

  read(): StrategyState {
    return this.#view;
  }

  dispatch(event: StrategyEvent): StrategyState {
    const next = transition(this.#view, event);
    if (next === this.#view) return next;
    if (this.#isAlone) {
      this.#mirror = next;
      if (this.#parts.runtime.now() - this.#triedAt >= retryMs) this.#wake();
    } else {
      this.#events.push(event);
      void this.#sync();
    }
    this.#show();
    return this.#view;
  }

  subscribe(listener: StrategyListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `work` when nobody else runs what has this name, waiting `maxWaitMs` at most; the row has been read again before, if it could. */
  async withLock<T>(name: string, maxWaitMs: number, work: () => Promise<T>): Promise<T> {
    const { requestLock, runtime } = this.#parts;
    const onFailure = (error: unknown) => {
      if (!this.#hasNoLocks) this.#degrade("locks", error);
      this.#hasNoLocks = true;
    };
    const release = await takeLock(requestLock, name, maxWaitMs, runtime, this.#end.signal, onFailure);
    try {
      if (!this.#isAlone) await this.#freshen();
      return await work();
    } finally {
      release();
    }
  }

  /** Lets go of everything once the events on their way have arrived, or failed to. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#listeners.clear();
    this.#unwatch();
    await this.#running;
    this.#letGo();
  }

  /** Reads again: the page may have slept through any number of news, or the platform may have recovered. */
  #wake(): void {
    // What has hung for too long is not waited for any more.
    if (this.#isAlone && this.#running === undefined) this.#parts.row.close();
    void this.#sync();
  }

  /** Holds nothing of the platform until {@link #wake}: the page is put away and may come back. */
  #rest(): void {
    if (this.#running === undefined) this.#letGo();
  }

  #letGo(): void {
    this.#leaveBell();
    this.#parts.row.close();
  }

  #leaveBell(): void {
    this.#bell?.close();
    this.#bell = undefined;
  }

  #hear({ lineage, version }: News): void {
    if (lineage !== this.#mirror.lineage || version > this.#mirror.version) void this.#sync();
  }

  /** Waits for a read, a moment at most, and not a second time for one that hangs. */
  async #freshen(): Promise<void> {
    const reading = this.#sync();
    if (this.#isLate) return;
    await within(reading, longestReadMs, this.#parts.runtime).catch(() => {
      this.#isLate = true;
    });
  }

  /** Resolves when the events that are here now have been carried into the row and it has been read, or could not be. */
  #sync(): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve();
    this.#isAsked = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    // Events that come together go together.
    await Promise.resolve();
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#synchronise();
    }
    this.#running = undefined;
    this.#isLate = false;
  }

  async #synchronise(): Promise<void> {
    this.#triedAt = this.#parts.runtime.now();
    let part: SharingPart = "bell";
    try {
      // First the bell, so that what changes after the row was read is heard.
      this.#bell ??= this.#parts.joinBell((news) => this.#hear(news));
      part = "storage";
      const news = await this.#exchange();
      part = "bell";
      if (news !== undefined) this.#bell.ring(news);
    } catch (error) {
      this.#stepDown(part, error);
    }
  }

  /** Takes the events to the row, and the row into the mirror. Resolves to what others should read. */
  async #exchange(): Promise<News | undefined> {
    const events = this.#events.slice();
    let isNew = false;
    const carry = (row: StrategyState | undefined) => {
      const base = row ?? this.#bornAnew(this.#mirror);
      const next = events.reduce(transition, base);
      isNew = next !== base && next.version !== row?.version;
      return next === base ? row : next;
    };
    const transaction = this.#parts.row.transact(events.length === 0 ? undefined : carry);
    const row = await within(transaction, longestTransactionMs, this.#parts.runtime).catch((error: unknown) => {
      // One that ends late after all tells that the platform has come back.
      transaction.then(
        () => this.#wake(),
        () => undefined,
      );
      throw error;
    });
    this.#events = this.#events.slice(events.length);
    this.#mirror = row ?? this.#mirror;
    const isBack = this.#isAlone;
    this.#isAlone = false;
    this.#show();
    if (isBack) this.#tell({ type: "store-restored" });
    return isNew ? row : undefined;
  }

  #stepDown(part: SharingPart, error: unknown): void {
    this.#leaveBell();
    this.#isAsked = false;
    if (this.#isAlone) return;
    this.#isAlone = true;
    this.#mirror = this.#bornAnew(this.#view);
    this.#events = [];
    this.#show();
    this.#degrade(part, error);
  }

  #degrade(part: SharingPart, error: unknown): void {
    this.#tell({ type: "store-degraded", part, reason: reasonOf(error) });
  }

  #tell(event: StoreEvent): void {
    harmlessly(() => this.#parts.onEvent(event));
  }

  #bornAnew(state: StrategyState): StrategyState {
    return { ...state, lineage: this.#parts.runtime.newId(), version: 0 };
  }

  /** Makes the view anew. It has the mirror's version: only what is committed has one of its own. */
  #show(): void {
    const before = this.#view;
    const seen = this.#events.reduce(transition, this.#mirror);
    this.#view = seen === this.#mirror ? seen : { ...seen, version: this.#mirror.version };
    if (isNews(before, this.#view)) tellListeners(this.#listeners, this.#view, before);
  }
}
