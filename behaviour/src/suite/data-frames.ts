import { dataFrame } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws } from "./check.ts";

/** Queries that are built step by step. */
export const dataFrames: BehaviourGroup = {
  name: "a data frame",
  cases: [
    {
      name: "filters, projects, sorts and limits a table",
      async run({ open, control }) {
        const nations = dataFrame({ table: "nation", catalog: "sample", schema: "tpch" });
        const frame = nations
          .filter("n_regionkey = ?", [3])
          .select("n_name", "n_nationkey")
          .orderBy({ n_name: "desc" })
          .limit(2);
        equal((await open().query(frame)).rows(), [
          ["UNITED KINGDOM", 23],
          ["RUSSIA", 22],
        ]);
        const rpcs = await control.rpcs();
        for (const rpc of [
          "createDataFrame",
          "filterOnDataFrame",
          "projectionOnDataFrame",
          "orderByOnDataFrame",
          "limitOnDataFrame",
          "executeDataFrame",
        ]) {
          ok(rpcs.includes(`blue ${rpc}`), `${rpc} was asked`);
        }
      },
    },
    {
      name: "aggregates by group",
      async run({ open }) {
        const frame = dataFrame({ table: "nation" })
          .groupBy("n_regionkey")
          .aggregate({ n_nationkey: ["sum", "count", "countDistinct"], "*": "count" })
          .orderBy("n_regionkey")
          .limit(1);
        const result = await open().query(frame, undefined, { dialect: "plain" });
        like(
          result.fields.map(({ name }) => name),
          ["n_regionkey", "sum(n_nationkey)", "count(n_nationkey)", "count(DISTINCT n_nationkey)", "count_star()"],
        );
        equal(result.rows(), [[0, 50, 5, 5, 5]]);
      },
    },
    {
      name: "reads a Parquet file",
      async run({ open }) {
        const frame = dataFrame({ parquet: "cities.parquet" }).filter("people > 3000").orderBy("id");
        equal((await open().query(frame)).rows(), [
          [4, "city 4", 4000n],
          [5, "city 5", 5000n],
        ]);
        await rejects(open().query(dataFrame({ parquet: "../package.json" })), { code: "SQL_ERROR" });
      },
    },
    {
      name: "is streamed, and run by a cursor",
      async run({ open }) {
        const connection = open();
        const frame = dataFrame({ table: "region" }).select("r_name").orderBy("r_name");
        const stream = await connection.stream(frame);
        let rows = 0;
        for await (const _row of stream) rows++;
        await using cursor = connection.cursor();
        await cursor.execute(frame);
        equal([rows, (await cursor.fetchAll()).length], [5, 5]);
      },
    },
    {
      name: "fails with the engine's words, and is given back",
      async run({ open }) {
        const frame = dataFrame({ table: "nation" }).select("nonsense");
        const { message } = await rejects(open().query(frame), { code: "SQL_ERROR" });
        ok(message.includes("nonsense"), `"${message}" names the column`);
      },
    },
    {
      name: "moves to the stack that is active",
      async run({ open, control }) {
        const connection = open();
        await connection.query("select 1");
        await control.switch("green");
        equal((await connection.query(dataFrame({ table: "region" }))).strategy, "green");
      },
    },
    {
      name: "refuses steps that are wrong where they are written",
      async run() {
        // Callers that no compiler checks.
        const source = {} as { table: string };
        const frame = dataFrame({ table: "nation" });
        for (const step of [
          () => dataFrame(source),
          () => frame.select(),
          () => frame.limit(-1),
          () => frame.orderBy({ n_name: "sideways" as "asc" }),
          () => frame.aggregate({ n_name: "median" as "sum" }),
          () => frame.groupBy(" "),
          () => frame.filter(" "),
        ]) {
          throws(step, { code: "INVALID_PARAMETER" });
        }
      },
    },
  ],
};
