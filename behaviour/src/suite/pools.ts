import { type Connection, createPool, type Lease } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws } from "./check.ts";

/** Connections that are kept and lent. */
export const pools: BehaviourGroup = {
  name: "a pool",
  cases: [
    {
      name: "lends connections, and keeps those that come back",
      async run({ openPool, control }) {
        const pool = openPool({ min: 1, max: 2 });
        like(pool.statistics, { idle: 1, lent: 0, waiting: 0, opened: 1, closed: 0 });
        const answers = [];
        for (let i = 0; i < 3; i++) {
          answers.push((await pool.use((connection) => connection.query(`select ${i}`))).rows()[0]?.[0]);
        }
        equal(answers, [0, 1, 2]);
        like(pool.statistics, { idle: 1, lent: 0, opened: 1, closed: 0 });
        equal((await control.rpcs()).filter((rpc) => rpc.endsWith("authenticate")).length, 1, "the number of sign-ins");
      },
    },
    {
      name: "lends beyond its size where it may, and closes what is too much",
      async run({ openPool }) {
        const pool = openPool({ max: 1, overflow: 1 });
        const [first, second] = [await pool.acquire(), await pool.acquire()];
        equal(first.value === second.value, false, "whether both are the same");
        like(pool.statistics, { lent: 2, opened: 2 });
        first.release();
        first.release();
        second.release();
        like(pool.statistics, { idle: 1, lent: 0, closed: 1 });
      },
    },
    {
      name: "gives up after the time to wait",
      async run({ openPool }) {
        const pool = openPool({ max: 1, acquireTimeoutMs: 30 });
        using _lease = await pool.acquire();
        await rejects(pool.acquire(), { code: "POOL_TIMEOUT", retryable: true });
        const signal = AbortSignal.abort(new Error("the caller's own"));
        equal(String(await pool.acquire({ signal }).catch((error: unknown) => error)), "Error: the caller's own");
        like(pool.statistics, { waiting: 0, timedOut: 1 });
      },
    },
    {
      name: "serves those who wait in the order in which they came",
      async run({ openPool }) {
        const pool = openPool({ max: 1 });
        const served: number[] = [];
        const first = await pool.acquire();
        const waiting = [1, 2, 3].map(async (i) => {
          using _lease = await pool.acquire();
          served.push(i);
        });
        equal(pool.statistics.waiting, 3);
        first.release();
        await Promise.all(waiting);
        equal(served, [1, 2, 3]);
      },
    },
    {
      name: "replaces what is too old, broken, or does not answer",
      async run({ openPool, control }) {
        const pool = openPool({ max: 1, pingAfterMs: 0 });
        const lend = async (work?: (lease: Lease<Connection>) => void) => {
          const lease = await pool.acquire();
          work?.(lease);
          lease.release();
          return lease.value;
        };
        const first = await lend();
        // A call, so that time passes: clocks are coarse, and workerd's stands still between two.
        await control.state();
        equal((await lend()) === first, true, "whether one that answers is kept");
        ok((await control.rpcs()).includes("blue healthCheck"), "it was asked by a ping");
        await lend((lease) => lease.release({ broken: true }));
        like(pool.statistics, { opened: 1, closed: 1, idle: 0 });
        const second = await lend();
        await control.state();
        await control.faults({ rpc: "healthCheck", times: 100, form: "access-denied" });
        equal((await lend()) === second, false, "whether one that does not answer is kept");
        like(pool.statistics, { pingsFailed: 1 });
        const old = openPool({ max: 1, recycleMs: 1 });
        const lease = await old.acquire();
        await lease.value.query("select 1");
        await control.state();
        lease.release();
        like(old.statistics, { idle: 0, closed: 1 });
      },
    },
    {
      name: "closes what it has, and refuses whoever waits",
      async run({ openPool }) {
        const pool = openPool({ max: 1 });
        const lease = await pool.acquire();
        const waiting = rejects(pool.acquire(), { code: "CLOSED" });
        await pool.close();
        await waiting;
        await rejects(pool.acquire(), { code: "CLOSED" });
        lease.release();
        await pool.close();
        await rejects(lease.value.query("select 1"), { code: "CLOSED" });
        like(pool.statistics, { idle: 0, lent: 0, opened: 1, closed: 1 });
      },
    },
    {
      name: "refuses options that are wrong",
      async run({ url }) {
        const sign = { url, user: "ann", token: "secret" };
        for (const options of [
          { min: -1 },
          { max: 0 },
          { min: 5, max: 4 },
          { overflow: 0.5 },
          { acquireTimeoutMs: -1 },
          { recycleMs: 0 },
          { pingAfterMs: Number.NaN },
          { surprise: 1 },
        ]) {
          throws(() => createPool(sign, options), { code: "INVALID_OPTION" });
        }
      },
    },
  ],
};
