import type { QueryEvent } from "e6data-web";
import type { BehaviourGroup, Context } from "./behaviour.ts";
import { equal, like, ok, rejects, until } from "./check.ts";
import { endless, manyRows } from "./statements.ts";

const runs = async ({ control }: Context) =>
  await until(control.rpcs, (rpcs) => rpcs.includes("blue getResultMetadata"), "the statement runs");

/** Holds when the engine was told to stop, and then to forget. */
async function checkStopped({ control }: Context): Promise<void> {
  equal((await control.rpcs()).slice(-2), ["blue cancelQuery", "blue clear"], "how the query ended");
}

/** The end of a query before its last row. */
export const cancelling: BehaviourGroup = {
  name: "a query that is ended",
  cases: [
    {
      name: "by its signal is stopped at the engine",
      async run(context) {
        const connection = context.open();
        const controller = new AbortController();
        const reason = new Error("the caller's own");
        const ended = rejects(connection.query(endless, undefined, { signal: controller.signal }), {
          code: "CANCELLED",
          retryable: false,
        });
        await runs(context);
        controller.abort(reason);
        equal((await ended).cause, reason);
        await connection.close();
        await checkStopped(context);
      },
    },
    {
      name: "by its time limit is stopped at the engine",
      async run(context) {
        const connection = context.open();
        await connection.query("select 1");
        await rejects(connection.query(endless, undefined, { timeoutMs: 300 }), { code: "DEADLINE_EXCEEDED" });
        await connection.close();
        await checkStopped(context);
      },
    },
    {
      name: "by its deadline is stopped at the engine, and one that has passed lets nothing begin",
      async run(context) {
        const connection = context.open();
        await rejects(connection.query("select 1", undefined, { deadline: new Date(0) }), {
          code: "DEADLINE_EXCEEDED",
        });
        equal(await context.control.rpcs(), [], "what was sent");
        await connection.query("select 1");
        const deadline = new Date(Date.now() + 300);
        await rejects(connection.query(endless, undefined, { deadline }), { code: "DEADLINE_EXCEEDED" });
        await connection.close();
        await checkStopped(context);
      },
    },
    {
      name: "before it began sends nothing",
      async run({ open, control }) {
        const signal = AbortSignal.abort();
        const connection = open();
        await rejects(connection.query("select 1", undefined, { signal }), { code: "CANCELLED" });
        await rejects(connection.stream("select 1", undefined, { signal }), { code: "CANCELLED" });
        await rejects(connection.catalogs({ signal }), { code: "CANCELLED" });
        equal(await control.rpcs(), [], "what was sent");
      },
    },
    {
      name: "while it is prepared is given back once its id comes",
      async run(context) {
        const { open, control } = context;
        const connection = open();
        const controller = new AbortController();
        await control.faults({ rpc: "prepareStatementV2", delayMs: 200 });
        const ended = rejects(connection.query("select 1", undefined, { signal: controller.signal }), {
          code: "CANCELLED",
        });
        await until(control.rpcs, (rpcs) => rpcs.includes("blue prepareStatementV2"), "the statement is prepared");
        controller.abort();
        await ended;
        await connection.close();
        await checkStopped(context);
      },
    },
    {
      name: "in the middle of its rows is stopped at the engine",
      async run(context) {
        const controller = new AbortController();
        const { signal } = controller;
        const stream = await context.open().stream(manyRows, undefined, { signal, prefetchBytes: 1 });
        const consume = async () => {
          for await (const _row of stream) controller.abort();
        };
        await rejects(consume(), { code: "CANCELLED" });
        await until(context.control.openQueries, (count) => count === 0, "the engine keeps no query");
        await checkStopped(context);
      },
    },
    {
      name: "tells its listener last of all that it was cancelled",
      async run(context) {
        const events: QueryEvent[] = [];
        const controller = new AbortController();
        const options = { signal: controller.signal, onEvent: (event: QueryEvent) => events.push(event) };
        const ended = rejects(context.open().query(endless, undefined, options), { code: "CANCELLED" });
        await runs(context);
        controller.abort();
        await ended;
        like(events.at(-1), { type: "cancelled", strategy: "blue" });
      },
    },
    {
      name: "leaves no listener on a signal that lives on",
      async run({ open }) {
        const { signal } = new AbortController();
        const listening = new Set<unknown>();
        const { addEventListener, removeEventListener } = signal;
        const add = (...input: Parameters<typeof addEventListener>) => {
          const [, listener, options] = input;
          listening.add(listener);
          // A listener may be tied to a signal of its own, which takes it away.
          if (typeof options === "object") options.signal?.addEventListener("abort", () => listening.delete(listener));
          addEventListener.apply(signal, input);
        };
        const remove = (...input: Parameters<typeof removeEventListener>) => {
          listening.delete(input[1]);
          removeEventListener.apply(signal, input);
        };
        Object.defineProperties(signal, { addEventListener: { value: add }, removeEventListener: { value: remove } });
        const connection = open();
        for (let i = 0; i < 3; i++) await connection.query("select 1", undefined, { signal, timeoutMs: 60_000 });
        await connection.catalogs({ signal });
        for await (const _row of await connection.stream("select 1", undefined, { signal })) ok(true, "a row came");
        await connection.close();
        equal(listening.size, 0, "the number of listeners");
      },
    },
  ],
};
