import type { Connection, QueryHandle } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws, until } from "./check.ts";
import { wideRows } from "./statements.ts";

const count = 8_000;
const numbers = wideRows(count);

/** A handle on its way to elsewhere. */
const sent = (handle: QueryHandle): QueryHandle => JSON.parse(JSON.stringify(handle));

/** Leaves a query at the engine after so many rows, read one answer at a time. */
async function leave(connection: Connection, readUpTo: number, secret = false) {
  const query = await connection.submit(numbers);
  let read = 0;
  if (readUpTo > 0) {
    const stream = await query.stream({ prefetchBytes: 0 });
    for await (const [value] of stream) {
      if (value !== BigInt(read)) throw new Error(`row ${read} is ${value}`);
      read++;
      if (read === readUpTo) stream.detach();
    }
  }
  query.detach();
  return { handle: sent(query.handle({ includeSessionSecret: secret })), read };
}

/** Reads what is left behind so many rows, and throws unless that is all of it. */
async function readRest(connection: Connection, handle: QueryHandle, read: number): Promise<void> {
  const query = await connection.attach(handle);
  let next = read;
  for await (const [value] of await query.stream()) {
    if (value !== BigInt(next)) throw new Error(`row ${next} is ${value}`);
    next++;
  }
  equal(next, count, "the number of rows");
}

/** Queries that are begun now and read later, here or elsewhere. */
export const handles: BehaviourGroup = {
  name: "a submitted query",
  cases: [
    {
      name: "is asked how far it is, and read when its time comes",
      async run({ open }) {
        const connection = open();
        const query = await connection.submit("select n_name from nation order by 1 limit ?", [2]);
        like(query, { strategy: "blue" });
        await until(
          () => query.status(),
          ({ done }) => done,
          "the query is done",
        );
        equal((await query.result()).rows(), [["ALGERIA"], ["ARGENTINA"]]);
        const other = await connection.submit("select 1.5::decimal(3,1) as price");
        equal((await other.result({ dialect: "plain" })).objects(), [{ price: 1.5 }]);
      },
    },
    {
      name: "is read on by another connection, each row once",
      async run({ open, control }) {
        for (const readUpTo of [0, 1000]) {
          const first = open();
          const { handle, read } = await leave(first, readUpTo);
          equal(handle.rowsDelivered, read);
          await first.close();
          equal(await control.openQueries(), 1, "the queries that outlive their connection");
          await readRest(open(), handle, read);
        }
        ok(!(await control.rpcs()).includes("blue cancelQuery"), "nothing was cancelled");
      },
    },
    {
      name: "is read on where it lives after a switch, by a session that travels along or by a token",
      async run({ open, control }) {
        for (const [options, secret] of [
          [{}, true],
          [{ accessToken: "token" }, false],
        ] as const) {
          await control.switch("blue");
          const { handle, read } = await leave(open(options), 1000, secret);
          await control.switch("green");
          const other = open(options);
          equal((await other.query("select 1")).strategy, "green");
          await readRest(other, handle, read);
        }
      },
    },
    {
      name: "has a handle that is small, plain and without a secret unless that is asked for",
      async run({ open, control }) {
        const connection = open();
        const query = await connection.submit("select 1");
        const handle = query.handle();
        like(handle, { version: 1, queryId: query.queryId, strategy: "blue", readOnly: true, rowsDelivered: 0 });
        equal(sent(handle), handle, "the handle after a way through JSON");
        ok(!("sessionId" in sent(handle)), "no session is in it");
        const [session] = await control.sessions();
        equal(query.handle({ includeSessionSecret: true }).sessionId, session?.session);
        await query.cancel();
        throws(() => query.handle(), { code: "INVALID_PARAMETER" });
      },
    },
    {
      name: "is refused where its handle is stale or none",
      async run({ open, control }) {
        const connection = open();
        const query = await connection.submit("select 1");
        const handle = sent(query.handle());
        await query.cancel();
        await until(control.openQueries, (open) => open === 0, "the engine keeps no query");
        const attached = connection.attach(handle).then((stale) => stale.result());
        await rejects(attached, { code: "STALE_HANDLE", queryId: handle.queryId });
        // Callers that no compiler checks.
        await rejects(connection.attach({ ...handle, version: 2 as 1 }), { code: "STALE_HANDLE" });
        for (const wrong of [null, "handle", {}, { ...handle, queryId: "a\nb" }, { ...handle, strategy: "red" }]) {
          await rejects(connection.attach(wrong as QueryHandle), { code: "INVALID_PARAMETER" });
        }
      },
    },
    {
      name: "is stopped at the engine when it is cancelled, goes out of scope, or its connection ends",
      async run({ open, control }) {
        const connection = open();
        const cancelled = await connection.submit(numbers);
        await cancelled.cancel();
        await rejects(cancelled.result(), { code: "CANCELLED" });
        {
          await using _query = await connection.submit(numbers);
        }
        await connection.submit(numbers);
        await connection.close();
        equal(
          (await control.rpcs()).filter((rpc) => rpc === "blue cancelQuery").length,
          3,
          "the number of cancellations",
        );
        await rejects(connection.submit(numbers), { code: "CLOSED" });
      },
    },
  ],
};
