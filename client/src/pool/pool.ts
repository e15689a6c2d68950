import { E6Error } from "../error.ts";
import { type PoolOptions, type PoolSettings, readPoolOptions } from "./pool-options.ts";

/** What a pool keeps: something that can be asked whether it still works, and closed. */
export interface Poolable {
  /** Resolves if it works: it asks the engine. */
  ping(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Ends it. What it says of its own end is passed over. */
  close(): Promise<void>;
}

/** Time, as a pool needs it. */
export interface PoolClock {
  /** Milliseconds on a clock that only moves forward. */
  now(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason once that aborts, leaving no timer behind. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Something lent by a pool. Give it back by `release()` or `using`; a second release is none. */
export interface Lease<T> extends Disposable {
  /** What was lent. */
  readonly value: T;
  /** Gives it back; `broken` closes it instead of keeping it. */
  release(options?: { readonly broken?: boolean }): void;
}

/** What a pool is doing, and has done. */
export interface PoolStatistics {
  /** Members that wait to be lent. */
  readonly idle: number;
  /** Members that are lent. */
  readonly lent: number;
  /** Callers in the queue. */
  readonly waiting: number;
  /** Members that were opened so far. */
  readonly opened: number;
  /** Members that were closed so far. */
  readonly closed: number;
  /** Members that did not answer a ping, and were replaced. */
  readonly pingsFailed: number;
  /** Callers whose time to wait was over. */
  readonly timedOut: number;
}

interface Member<T> {
  readonly value: T;
  readonly bornAt: number;
  idleSince: number;
}

interface Waiter {
  readonly wake: () => void;
}

/** Keeps connections and lends them, first come first served. */
export class Pool<T extends Poolable> implements AsyncDisposable {
  readonly #open: () => T;
  readonly #clock: PoolClock;
  readonly #settings: PoolSettings;
  /** The one that was used last is at the end, and lent first: the others grow old and go. */
  readonly #idle: Member<T>[] = [];
  readonly #queue: Waiter[] = [];
  readonly #closing = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  #lent = 0;
  readonly #count = { opened: 0, closed: 0, pingsFailed: 0, timedOut: 0 };

  /** Throws `INVALID_OPTION`. `open` makes a member; it is not asked to connect anywhere yet. */
  constructor(open: () => T, clock: PoolClock, options: PoolOptions = {}) {
    this.#open = open;
    this.#clock = clock;
    this.#settings = readPoolOptions(options);
    for (let i = 0; i < this.#settings.min; i++) {
      this.#idle.push(this.#create());
    }
  }

  /** What the pool is doing at this moment, and what it has done so far. */
  get statistics(): PoolStatistics {
    return { idle: this.#idle.length, lent: this.#lent, waiting: this.#queue.length, ...this.#count };
  }

  /** Lends a member that works. Rejects with `POOL_TIMEOUT`, `CLOSED`, or the signal's reason. */
  async acquire(options: { readonly signal?: AbortSignal } = {}): Promise<Lease<T>> {
    const signals = [this.#ended.signal, ...(options.signal === undefined ? [] : [options.signal])];
    const done = new AbortController();
    const deadline = this.#deadline(done.signal);
    const signal = AbortSignal.any([...signals, deadline]);
    try {
      await this.#turn(signal);
      return this.#lend(await this.#working(signal));
    } finally {
      done.abort();
    }
  }

  /** Lends a member to `work` and takes it back, however that ends. */
  async use<R>(work: (value: T) => Promise<R>, options: { readonly signal?: AbortSignal } = {}): Promise<R> {
    const lease = await this.acquire(options);
    // Not `using`: what builds put in its place for browsers of 2023 is half a kilobyte.
    try {
      return await work(lease.value);
    } finally {
      lease.release();
    }
  }

  /** Refuses whoever waits, closes what is idle and, once they come back, what is lent. Closing twice is closing once. */
  async close(): Promise<void> {
    this.#ended.abort(new E6Error("CLOSED", "the pool is closed"));
    for (const member of this.#idle.splice(0)) {
      this.#discard(member);
    }
    await Promise.all(this.#closing);
  }

  /** Closes the pool: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Aborts with `POOL_TIMEOUT` when the time to wait is over. */
  #deadline(done: AbortSignal): AbortSignal {
    const { acquireTimeoutMs, max, overflow } = this.#settings;
    const expired = new AbortController();
    this.#clock.sleep(acquireTimeoutMs, done).then(
      () => {
        this.#count.timedOut += 1;
        const hint = 'give connections back sooner, or raise "max", "overflow" or "acquireTimeoutMs"';
        const message = `no connection became free within ${acquireTimeoutMs} ms: all ${max + overflow} are lent`;
        expired.abort(new E6Error("POOL_TIMEOUT", message, { retryable: true, hint }));
      },
      // The lease came in time.
      () => undefined,
    );
    return expired.signal;
  }

  /** Waits until this caller may have a member; from then on one is counted as lent to it. */
  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Where somebody waits, everything is lent: a place that becomes free goes to the queue, never to a newcomer.
    if (this.#lent < this.#settings.max + this.#settings.overflow) {
      this.#lent += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { wake: resolve };
    const leave = () => {
      const place = this.#queue.indexOf(waiter);
      // Who is not in the queue any more has been called meanwhile, and sees the abort when it is served.
      if (place >= 0) {
        this.#queue.splice(place, 1);
        reject(signal.reason);
      }
    };
    this.#queue.push(waiter);
    // The signal is this call's own, and goes with it.
    signal.addEventListener("abort", leave);
    await promise;
  }

  /** An idle member that is young enough and answers, else a new one. */
  async #working(signal: AbortSignal): Promise<Member<T>> {
    try {
      signal.throwIfAborted();
      for (let member = this.#idle.pop(); member !== undefined; member = this.#idle.pop()) {
        if (!this.#isOld(member) && (await this.#answers(member, signal))) {
          return member;
        }
        this.#discard(member);
      }
      return this.#create();
    } catch (error) {
      this.#handOn();
      throw error;
    }
  }

  #isOld({ bornAt }: Member<T>): boolean {
    return this.#clock.now() - bornAt > this.#settings.recycleMs;
  }

  async #answers(member: Member<T>, signal: AbortSignal): Promise<boolean> {
    if (this.#clock.now() - member.idleSince < this.#settings.pingAfterMs) {
      return true;
    }
    try {
      await member.value.ping({ signal });
      return true;
    } catch {
      if (signal.aborted) {
        // The caller gave up, which says nothing about the member.
        this.#idle.push(member);
        throw signal.reason;
      }
      // Why it does not answer is no concern of the caller's, who gets another.
      this.#count.pingsFailed += 1;
      return false;
    }
  }

  #lend(member: Member<T>): Lease<T> {
    let isLent = true;
    const release = ({ broken = false } = {}) => {
      if (isLent) {
        isLent = false;
        this.#takeBack(member, broken);
      }
    };
    return { value: member.value, release, [Symbol.dispose]: release };
  }

  #takeBack(member: Member<T>, broken: boolean): void {
    const isSurplus = this.#lent > this.#settings.max && this.#queue.length === 0;
    if (broken || isSurplus || this.#isOld(member) || this.#ended.signal.aborted) {
      this.#discard(member);
    } else {
      member.idleSince = this.#clock.now();
      this.#idle.push(member);
    }
    this.#handOn();
  }

  /** The place of whoever is done goes to the first in the queue. */
  #handOn(): void {
    const next = this.#queue.shift();
    if (next === undefined) {
      this.#lent -= 1;
    } else {
      next.wake();
    }
  }

  #create(): Member<T> {
    const now = this.#clock.now();
    const member = { value: this.#open(), bornAt: now, idleSince: now };
    this.#count.opened += 1;
    return member;
  }

  #discard({ value }: Member<T>): void {
    this.#count.closed += 1;
    // Nobody waits for it but close(): what a dead connection says at its end helps no one.
    const closing = value
      .close()
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
