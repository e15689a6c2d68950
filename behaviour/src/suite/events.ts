import { type QueryEvent, queryEvents } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects } from "./check.ts";

/** The life of a query, step by step. */
export const events: BehaviourGroup = {
  name: "the life of a query",
  cases: [
    {
      name: "is told from the sign-in to the last row",
      async run({ open }) {
        const told: QueryEvent[] = [];
        const onEvent = (event: QueryEvent) => told.push(event);
        const result = await open().query("select i from range(50000) t(i)", undefined, { onEvent });
        equal(
          [...new Set(told.map(({ type }) => type))],
          ["authenticating", "planning", "running", "fetching", "done"],
        );
        like(told.at(-1), { type: "done", rows: 50_000, strategy: "blue", queryId: result.queryId });
        const times = told.map(({ elapsedMs }) => elapsedMs);
        equal(
          times,
          [...times].sort((a, b) => a - b),
          "the times",
        );
        const fetched = told
          .filter((event) => event.type === "fetching")
          .map(({ batch, rows, rowCount }) => [batch, rows, rowCount]);
        equal(fetched.at(-1)?.slice(1), [50_000, 50_000], "the rows and the total of the last batch");
      },
    },
    {
      name: "ends with the error that the caller gets",
      async run({ open }) {
        const told: QueryEvent[] = [];
        const error = await rejects(
          open().query("select nonsense", undefined, { onEvent: (event) => told.push(event) }),
          { code: "SQL_ERROR" },
        );
        const last = told.at(-1);
        ok(last?.type === "failed" && last.error === error, "the last event is the failure");
      },
    },
    {
      name: "is told to listeners that do no harm when they throw",
      async run({ open }) {
        // Where errors are reported to the runtime, this one is expected there.
        const reportError = Object.getOwnPropertyDescriptor(globalThis, "reportError");
        const reported: unknown[] = [];
        Object.defineProperty(globalThis, "reportError", {
          configurable: true,
          writable: true,
          value: (error: unknown) => reported.push(error),
        });
        try {
          const failure = new Error("the listener's own");
          const result = await open().query("select 1", undefined, {
            onEvent: () => {
              throw failure;
            },
          });
          equal(result.rows(), [[1]]);
          ok(reported.length > 0 && reported.every((error) => error === failure), "the runtime heard of it");
        } finally {
          if (reportError === undefined) Reflect.deleteProperty(globalThis, "reportError");
          else Object.defineProperty(globalThis, "reportError", reportError);
        }
      },
    },
    {
      name: "may be read as a loop, which ends with the query",
      async run({ open }) {
        const connection = open();
        const events = queryEvents();
        const query = connection.query("select 1", undefined, { onEvent: events });
        const types: string[] = [];
        for await (const { type } of events) types.push(type);
        equal((await query).rows(), [[1]]);
        equal([types[0], types.at(-1)], ["authenticating", "done"]);
        const refused = queryEvents();
        await rejects(connection.query(" ", undefined, { onEvent: refused }), { code: "INVALID_PARAMETER" });
        const last: string[] = [];
        for await (const { type } of refused) last.push(type);
        equal(last, ["failed"]);
      },
    },
    {
      name: "is told of streams too",
      async run({ open }) {
        const told: string[] = [];
        const stream = await open().stream("select 1", undefined, { onEvent: ({ type }) => told.push(type) });
        for await (const row of stream) equal(row, [1]);
        equal(told.at(-1), "done");
      },
    },
  ],
};
