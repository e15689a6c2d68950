import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws, until } from "./check.ts";
import { endless, manyRows } from "./statements.ts";

/** Statements one after the other. */
export const cursors: BehaviourGroup = {
  name: "a cursor",
  cases: [
    {
      name: "runs a statement and hands its rows out as they are asked for",
      async run({ open, control }) {
        await using cursor = open().cursor();
        equal(
          [cursor.description, cursor.rowCount, cursor.queryId, cursor.strategy],
          [undefined, undefined, undefined, undefined],
        );
        await cursor.execute("select n_name from nation where n_regionkey = :region order by 1", { region: 3 });
        like(cursor.description, [{ name: "n_name", type: "STRING" }]);
        equal([cursor.rowCount, cursor.strategy, typeof cursor.queryId], [5, "blue", "string"]);
        equal(await cursor.fetchOne(), ["FRANCE"]);
        equal(await cursor.fetchMany(2), [["GERMANY"], ["ROMANIA"]]);
        equal(await cursor.fetchAll(), [["RUSSIA"], ["UNITED KINGDOM"]]);
        equal([await cursor.fetchOne(), await cursor.fetchMany(), await cursor.fetchAll()], [undefined, [], []]);
        ok((await control.openQueries()) <= 1, "the engine keeps one query at most");
      },
    },
    {
      name: "asks the engine for status, plan and measurements",
      async run({ open }) {
        await using cursor = open().cursor();
        await cursor.execute("select n_name from nation where n_regionkey = 3");
        equal(await cursor.status(), { done: true, rowCount: 5 });
        ok((await cursor.explain()).includes("n_regionkey"), "the plan names the column");
        const profile = await cursor.explainAnalyze({ timeoutMs: 10_000 });
        like(profile, { isCached: false });
        ok("total_query_time" in JSON.parse(profile.profile), "the profile names the time");
        ok(profile.parsingMs >= 0 && profile.queueingMs >= 0, "the times are numbers");
      },
    },
    {
      name: "is used again, and gives back what ran before",
      async run({ open, control }) {
        await using cursor = open().cursor({ dialect: "plain" });
        await cursor.execute(manyRows);
        const before = cursor.queryId;
        await cursor.execute("select count(*) from nation");
        ok(cursor.queryId !== before, "it is another query");
        equal(await cursor.fetchAll(), [[25]]);
        await until(control.openQueries, (count) => count <= 1, "the former query is given back");
      },
    },
    {
      name: "hands out batches, but none that is half read",
      async run({ open }) {
        await using cursor = open().cursor({ prefetchBytes: 0 });
        await cursor.execute("select i from range(50000) t(i) order by i");
        await cursor.fetchOne();
        await rejects(cursor.batches()[Symbol.asyncIterator]().next(), { code: "INVALID_PARAMETER" });
        await cursor.execute("select i from range(50000) t(i) order by i");
        let rows = 0;
        for await (const batch of cursor.batches()) rows += batch.rowCount;
        equal(rows, 50_000);
      },
    },
    {
      name: "lets fetches take turns",
      async run({ open }) {
        await using cursor = open().cursor();
        await cursor.execute("select i from range(3) t(i) order by i");
        equal(await Promise.all([cursor.fetchOne(), cursor.fetchOne(), cursor.fetchAll()]), [[0n], [1n], [[2n]]]);
      },
    },
    {
      name: "stops a statement that still runs",
      async run({ open, control }) {
        await using cursor = open().cursor();
        const running = rejects(cursor.execute(endless), { code: "CANCELLED" });
        await until(control.rpcs, (rpcs) => rpcs.includes("blue getResultMetadata"), "the statement runs");
        await rejects(cursor.execute("select 1"), { code: "INVALID_PARAMETER" });
        await cursor.cancel();
        await running;
        await cursor.execute("select 1");
        equal(await cursor.fetchAll(), [[1]]);
        ok((await control.rpcs()).includes("blue cancelQuery"), "the engine was told");
      },
    },
    {
      name: "runs a statement for each set of values, and tells which one failed",
      async run({ open, control }) {
        await using cursor = open().cursor();
        await cursor.execute("create or replace table executed_many (id bigint primary key, name varchar)");
        const insert = "insert into executed_many values (:id, :name)";
        await cursor.executeMany(insert, [
          { id: 1, name: "a" },
          { id: 2, name: "it's" },
        ]);
        const again = { id: 2, name: "c" };
        await rejects(cursor.executeMany(insert, [{ id: 3, name: "b" }, again, { id: 4, name: "d" }]), {
          code: "SQL_ERROR",
          paramsIndex: 1,
        });
        await cursor.execute("select id, name from executed_many order by id");
        const rows = [
          [1n, "a"],
          [2n, "it's"],
          [3n, "b"],
        ];
        equal(await cursor.fetchAll(), rows);
        await cursor.execute("drop table executed_many");
        await cursor.clear();
        equal(await control.openQueries(), 0);
      },
    },
    {
      name: "forgets its result when it is cleared",
      async run({ open, control }) {
        await using cursor = open().cursor();
        await cursor.execute("select 1");
        await cursor.clear();
        equal([cursor.description, cursor.rowCount, cursor.queryId], [undefined, undefined, undefined]);
        await rejects(cursor.fetchOne(), { code: "INVALID_PARAMETER" });
        equal(await control.openQueries(), 0);
      },
    },
    {
      name: "is over when it is closed",
      async run({ open, control }) {
        const connection = open();
        const cursor = connection.cursor();
        await cursor.execute(manyRows);
        await cursor.close();
        await cursor.close();
        equal(await control.openQueries(), 0);
        await rejects(cursor.execute("select 1"), { code: "CLOSED" });
        await rejects(cursor.fetchOne(), { code: "CLOSED" });
        // A caller that no compiler checks.
        throws(() => connection.cursor({ dialect: "sloppy" as "exact" }), { code: "INVALID_OPTION" });
      },
    },
  ],
};
