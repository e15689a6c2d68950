import type { QueryEvent } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects } from "./check.ts";
import { wideRows } from "./statements.ts";

/** One call, rows back. */
export const querying: BehaviourGroup = {
  name: "query()",
  cases: [
    {
      name: "answers rows, columns, the query's id and the stack, by the shortest road",
      async run({ open, control }) {
        const connection = open();
        const result = await connection.query("select n_nationkey, n_name from nation order by 1 limit 2");
        like(result, { rowCount: 2, strategy: "blue" });
        like(result.fields, [
          { name: "n_nationkey", type: "INTEGER" },
          { name: "n_name", type: "STRING" },
        ]);
        equal(result.rows(), [
          [0, "ALGERIA"],
          [1, "ARGENTINA"],
        ]);
        await connection.close();
        const calls = await control.calls();
        equal(
          calls.map(({ rpc }) => rpc),
          [
            "authenticate",
            "prepareStatementV2",
            "executeStatementV2",
            "getResultMetadata",
            "getNextResultBatchV2",
            "clear",
          ].map((rpc) =>
            calls.some((call) => call.rpc === rpc) ? rpc : rpc.replace("executeStatementV2", "executeStatement"),
          ),
        );
        const about = calls.filter(({ query }) => query !== undefined);
        equal([...new Set(about.map(({ query }) => query))], [result.queryId], "the id in every call");
        equal(
          new Set(about.slice(1).map(({ plannerIp }) => plannerIp)).size,
          1,
          "the number of engines that were named",
        );
      },
    },
    {
      name: "takes a statement with a semicolon at its end, and hands it over without",
      async run({ open }) {
        equal((await open().query("select ';' ; -- done;")).rows(), [[";"]]);
      },
    },
    {
      name: "reads a result of many batches, in order",
      async run({ open, control }) {
        const rows = (await open().query(wideRows(5_000))).rows();
        equal([rows.length, rows[4_999]], [5_000, [4_999n, "4999".padStart(400, "0")]]);
        ok(
          rows.every(([number, digits], i) => number === BigInt(i) && digits === String(i).padStart(400, "0")),
          "every row is in its place",
        );
        const fetches = (await control.rpcs()).filter((rpc) => rpc === "blue getNextResultBatchV2");
        ok(fetches.length > 1, "the batches took more than one call");
      },
    },
    {
      name: "gives each of many queries at a time its own answer",
      async run({ open }) {
        const connection = open();
        const asked = Array.from({ length: 20 }, (_, i) => i);
        const results = await Promise.all(
          asked.map((i) => connection.query(`select ${i}, sum(i) from range(${i}) t(i)`)),
        );
        equal(
          results.map((result) => result.rows()[0]?.[0]),
          asked,
        );
        equal(new Set(results.map(({ queryId }) => queryId)).size, 20, "the number of ids");
      },
    },
    {
      name: "answers a result without rows, and one without columns to read",
      async run({ open }) {
        const result = await open().query("select 1 as one, 'x' as two where false");
        equal([result.rowCount, result.rows(), result.objects()], [0, [], []]);
        equal(
          result.fields.map(({ name }) => name),
          ["one", "two"],
        );
        equal(
          result.columns().map((column) => [column.name, column.rowCount]),
          [
            ["one", 0],
            ["two", 0],
          ],
        );
      },
    },
    {
      name: "looks names up where the query says, above the connection",
      async run({ open }) {
        const connection = open({ schema: "sales" });
        const { rowCount } = await connection.query("select * from region", undefined, {
          catalog: "sample",
          schema: "tpch",
        });
        equal(rowCount, 5);
        await rejects(connection.query("select * from lineitem"), { code: "SQL_ERROR" });
      },
    },
    {
      name: "writes, and reads what was written",
      async run({ open }) {
        const connection = open({ schema: "sales" });
        await connection.query("create or replace table behaviour_notes (id integer, note varchar)");
        try {
          await connection.query("insert into behaviour_notes values (?, ?), (?, null)", [1, "it's", 2]);
          const result = await connection.query("select * from behaviour_notes order by id", undefined, {
            readOnly: true,
          });
          equal(result.rows(), [
            [1, "it's"],
            [2, null],
          ]);
        } finally {
          await connection.query("drop table behaviour_notes");
        }
      },
    },
    {
      name: "reads from an engine that gives one batch a call",
      async run({ open, control }) {
        await control.faults({ rpc: "getNextResultBatchV2", form: "unimplemented" });
        equal((await open().query("select i from range(50000) t(i)")).rowCount, 50_000);
        const rpcs = await control.rpcs();
        equal(rpcs.filter((rpc) => rpc === "blue getNextResultBatchV2").length, 1, "the tries of the other form");
        ok(rpcs.includes("blue getNextResultBatch"), "the batches came one by one");
      },
    },
    {
      name: "waits in the planners' queue where it is told to, and says why",
      async run({ open, control }) {
        await control.queue({ waits: 2, message: "RATE_LIMIT" });
        const events: QueryEvent[] = [];
        const onEvent = (event: QueryEvent) => events.push(event);
        await open().query("select 1", undefined, { awaitPlanner: true, onEvent });
        equal(
          events.filter(({ type }) => type === "queued").map((event) => "reason" in event && event.reason),
          ["rate-limit", "rate-limit"],
        );
      },
    },
    {
      name: "refuses options and statements that are wrong, before anything is sent",
      async run({ open, control }) {
        const connection = open();
        await rejects(connection.query(" "), { code: "INVALID_PARAMETER" });
        for (const options of [
          { signal: "now" },
          { timeoutMs: 0 },
          { readOnly: "yes" },
          { awaitPlanner: 1 },
          { catalog: 1 },
          { schema: 1 },
          { onEvent: {} },
          { dialect: "sloppy" },
          { lossy: "maybe" },
          { convert: 1 },
          { surprise: true },
        ]) {
          const [option] = Object.keys(options);
          // A caller that no compiler checks.
          const work = connection.query("select 1", undefined, options as object);
          const { message } = await rejects(work, { code: "INVALID_OPTION" });
          ok(message.includes(`${option}`), `"${message}" names ${option}`);
        }
        equal(await control.rpcs(), [], "what was sent");
      },
    },
  ],
};
