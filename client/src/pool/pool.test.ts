import { describe, expect, it } from "vitest";
import { Pool, type PoolClock } from "./pool.ts";
import type { PoolOptions } from "./pool-options.ts";

/** A clock that stands still until a test moves it. */
class HandClock implements PoolClock {
  #now = 0;
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#sleepers.size;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at <= this.#now) {
        this.#sleepers.delete(sleeper);
        sleeper.wake();
      }
    }
  }
}

class Member {
  static #made = 0;
  readonly id = ++Member.#made;
  isClosed = false;
  pings = 0;
  answer: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  ping({ signal }: { signal: AbortSignal }): Promise<void> {
    this.pings += 1;
    return this.answer(signal);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.reject(new Error("a dead connection may complain at its end"));
  }
}

function openPool(options: PoolOptions = {}) {
  const clock = new HandClock();
  const members: Member[] = [];
  const open = () => {
    const member = new Member();
    members.push(member);
    return member;
  };
  return { clock, members, pool: new Pool(open, clock, options) };
}

describe("Pool", () => {
  it("opens what has to be there at once, and else nothing before it is wanted", async () => {
    expect(openPool({ min: 2 }).pool.statistics).toMatchObject({ idle: 2, opened: 2 });
    const { pool, members } = openPool();
    expect(members).toHaveLength(0);
    await pool.acquire();
    expect(pool.statistics).toMatchObject({ idle: 0, lent: 1, opened: 1 });
  });

  it("lends again what came back, the last one first", async () => {
    const { pool } = openPool();
    const [a, b] = [await pool.acquire(), await pool.acquire()];
    a.release();
    b.release();
    expect((await pool.acquire()).value).toBe(b.value);
    expect((await pool.acquire()).value).toBe(a.value);
  });

  it("serves those who wait in the order in which they came", async () => {
    const { pool } = openPool({ max: 1 });
    const held = await pool.acquire();
    const served: string[] = [];
    const wait = async (name: string) => {
      const lease = await pool.acquire();
      served.push(name);
      lease.release();
    };
    const all = [wait("first"), wait("second"), wait("third")];
    expect(pool.statistics.waiting).toBe(3);
    held.release();
    // One who comes now does not overtake.
    all.push(wait("fourth"));
    await Promise.all(all);
    expect(served).toEqual(["first", "second", "third", "fourth"]);
    expect(pool.statistics).toMatchObject({ lent: 0, waiting: 0, opened: 1 });
  });

  it("lends beyond max up to the overflow, and closes the surplus when it comes back", async () => {
    const { pool, clock } = openPool({ max: 1, overflow: 1, acquireTimeoutMs: 10 });
    const [a, b] = [await pool.acquire(), await pool.acquire()];
    const third = pool.acquire();
    clock.pass(10);
    await expect(third).rejects.toMatchObject({ code: "POOL_TIMEOUT", retryable: true });
    a.release();
    expect(a.value.isClosed).toBe(true);
    b.release();
    expect(b.value.isClosed).toBe(false);
    expect(pool.statistics).toMatchObject({ idle: 1, lent: 0, opened: 2, closed: 1, timedOut: 1 });
  });

  it("keeps a surplus that somebody waits for", async () => {
    const { pool } = openPool({ max: 1, overflow: 1 });
    const [a] = [await pool.acquire(), await pool.acquire()];
    const waiting = pool.acquire();
    a.release();
    expect((await waiting).value).toBe(a.value);
  });

  it("gives up after the time to wait, leaving neither a place in the queue nor a timer", async () => {
    const { pool, clock } = openPool({ max: 1, acquireTimeoutMs: 100 });
    const held = await pool.acquire();
    expect(clock.timers).toBe(0);
    const late = pool.acquire();
    clock.pass(99);
    expect(pool.statistics.waiting).toBe(1);
    clock.pass(1);
    await expect(late).rejects.toMatchObject({ code: "POOL_TIMEOUT" });
    expect(pool.statistics).toMatchObject({ waiting: 0, timedOut: 1 });
    held.release();
    await pool.acquire();
    expect(clock.timers).toBe(0);
  });

  it("rejects with the signal's reason, and only that caller leaves the queue", async () => {
    const { pool } = openPool({ max: 1 });
    const held = await pool.acquire();
    const leaving = new AbortController();
    const reason = new Error("navigated away");
    const first = pool.acquire({ signal: leaving.signal });
    const second = pool.acquire();
    leaving.abort(reason);
    await expect(first).rejects.toBe(reason);
    held.release();
    expect((await second).value).toBe(held.value);
  });

  it("passes on the place of a caller who gives up in the moment of being served", async () => {
    const { pool } = openPool({ max: 1 });
    const held = await pool.acquire();
    const leaving = new AbortController();
    const first = pool.acquire({ signal: leaving.signal });
    const [second, third] = [pool.acquire(), pool.acquire()];
    held.release();
    leaving.abort(new Error("too late"));
    await expect(first).rejects.toThrow("too late");
    (await second).release();
    (await third).release();
    expect(pool.statistics).toMatchObject({ lent: 0, waiting: 0 });
  });

  it("pings what was idle for long, and replaces what does not answer", async () => {
    const { pool, clock, members } = openPool({ pingAfterMs: 50 });
    const [a, b] = [await pool.acquire(), await pool.acquire()];
    a.release();
    b.release();
    clock.pass(49);
    (await pool.acquire()).release();
    expect(members.map(({ pings }) => pings)).toEqual([0, 0]);
    clock.pass(50);
    b.value.answer = () => Promise.reject(new Error("gone"));
    expect((await pool.acquire()).value).toBe(a.value);
    expect([a.value.pings, b.value.pings, b.value.isClosed]).toEqual([1, 1, true]);
    expect(pool.statistics).toMatchObject({ pingsFailed: 1, closed: 1 });
  });

  it("counts as idle only the time since a member came back", async () => {
    const { pool, clock } = openPool({ pingAfterMs: 50 });
    const lease = await pool.acquire();
    clock.pass(1000);
    lease.release();
    expect((await pool.acquire()).value).toBe(lease.value);
    expect(lease.value.pings).toBe(0);
  });

  it("pings each time where it is told to, however soon", async () => {
    const { pool, members } = openPool({ pingAfterMs: 0 });
    (await pool.acquire()).release();
    (await pool.acquire()).release();
    expect(members.map(({ pings }) => pings)).toEqual([1]);
  });

  it("keeps a member whose ping was given up by its caller", async () => {
    const { pool, clock } = openPool({ pingAfterMs: 0 });
    const lease = await pool.acquire();
    lease.release();
    clock.pass(1);
    lease.value.answer = (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const leaving = new AbortController();
    const caller = pool.acquire({ signal: leaving.signal });
    await Promise.resolve();
    leaving.abort(new Error("no patience"));
    await expect(caller).rejects.toThrow("no patience");
    expect(pool.statistics).toMatchObject({ idle: 1, lent: 0, pingsFailed: 0, closed: 0 });
  });

  it("replaces what has grown old, whether it is idle or comes back", async () => {
    const { pool, clock } = openPool({ recycleMs: 1000 });
    const [a, b] = [await pool.acquire(), await pool.acquire()];
    a.release();
    clock.pass(1001);
    b.release();
    expect([a.value.isClosed, b.value.isClosed]).toEqual([false, true]);
    const fresh = await pool.acquire();
    expect(a.value.isClosed).toBe(true);
    expect([a.value, b.value]).not.toContain(fresh.value);
  });

  it("closes what is given back broken", async () => {
    const { pool } = openPool();
    const lease = await pool.acquire();
    lease.release({ broken: true });
    lease.release();
    expect(lease.value.isClosed).toBe(true);
    expect(pool.statistics).toMatchObject({ idle: 0, lent: 0, closed: 1 });
  });

  it("takes back what `use` was given, also from work that fails", async () => {
    const { pool } = openPool();
    expect(await pool.use((member) => Promise.resolve(member.isClosed))).toBe(false);
    await expect(pool.use(() => Promise.reject(new Error("work")))).rejects.toThrow("work");
    expect(pool.statistics).toMatchObject({ idle: 1, lent: 0, opened: 1 });
  });

  it("frees the place of a member that could not be opened", async () => {
    let isDown = true;
    const open = () => {
      if (isDown) throw new Error("cannot open");
      return new Member();
    };
    const pool = new Pool(open, new HandClock(), { max: 1 });
    await expect(pool.acquire()).rejects.toThrow("cannot open");
    isDown = false;
    await pool.acquire();
    expect(pool.statistics.lent).toBe(1);
  });

  it("refuses whoever waits when it is closed, and closes what is idle and what comes back", async () => {
    const { pool } = openPool({ max: 2 });
    const [a, b] = [await pool.acquire(), await pool.acquire()];
    a.release();
    const [c] = [await pool.acquire()];
    const waiting = pool.acquire();
    b.release();
    (await waiting).release();
    const late = await pool.acquire();
    const refused = pool.acquire();
    const closed = { code: "CLOSED" };
    await Promise.all([pool.close(), expect(refused).rejects.toMatchObject(closed)]);
    await expect(pool.acquire()).rejects.toMatchObject(closed);
    c.release();
    late.release();
    expect(pool.statistics).toMatchObject({ idle: 0, lent: 0, closed: 2, opened: 2 });
  });

  it.each([
    [{ max: 0 }, "max"],
    [{ min: 5 }, "min"],
    [{ overflow: -1 }, "overflow"],
    [{ acquireTimeoutMs: 1.5 }, "acquireTimeoutMs"],
    [{ size: 3 }, "size"],
  ])("refuses the options %j by name", (options, name) => {
    // A caller without TypeScript may pass anything.
    expect(() => openPool(options as PoolOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(`"${name}"`) }),
    );
  });
});
