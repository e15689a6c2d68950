import { e6dataDialect } from "e6data-web/kysely";
import { Kysely } from "kysely";
import type { BehaviourGroup, Context } from "./behaviour.ts";
import { equal, like, ok, rejects, until } from "./check.ts";

/** A part of the sample data. */
interface Database {
  nation: { n_nationkey: number; n_name: string; n_regionkey: number };
}

const openKysely = ({ open }: Context) => new Kysely<Database>({ dialect: e6dataDialect({ connection: open() }) });

/** Typed queries by Kysely. */
export const kysely: BehaviourGroup = {
  name: "Kysely's dialect",
  cases: [
    {
      name: "runs typed queries, their values bound by the engine",
      async run(context) {
        await using db = openKysely(context);
        const query = db.selectFrom("nation").select(["n_name", "n_nationkey"]).where("n_regionkey", "=", 3);
        equal(await query.where("n_name", "in", ["FRANCE", "ROMANIA"]).orderBy("n_name", "desc").execute(), [
          { n_name: "ROMANIA", n_nationkey: 19 },
          { n_name: "FRANCE", n_nationkey: 6 },
        ]);
        ok((await context.control.rpcs()).includes("blue executeStatementV2"), "the engine has bound the values");
      },
    },
    {
      name: "streams rows, and stops the engine when the loop is left",
      async run(context) {
        const { control } = context;
        await using db = openKysely(context);
        let rows = 0;
        for await (const _row of db.selectFrom("nation").selectAll().stream()) rows++;
        equal(rows, 25);
        const crossed = db.selectFrom(["nation as a", "nation as b", "nation as c", "nation as d"]).select("a.n_name");
        for await (const _row of crossed.stream(1)) break;
        await until(control.openQueries, (count) => count === 0, "the engine keeps no query");
      },
    },
    {
      name: "knows the tables and their columns",
      async run({ open }) {
        const dialect = e6dataDialect({ connection: open(), introspectedSchemas: ["tpch"] });
        await using db = new Kysely<Database>({ dialect });
        like((await db.introspection.getSchemas()).map(({ name }) => name).includes("tpch"), true);
        const region = (await db.introspection.getTables()).find(({ name }) => name === "region");
        equal(
          region?.columns.map(({ name, dataType }) => [name, dataType]),
          [
            ["r_regionkey", "INTEGER"],
            ["r_name", "STRING"],
            ["r_comment", "STRING"],
          ],
        );
      },
    },
    {
      name: "says what the engine does not have",
      async run(context) {
        await using db = openKysely(context);
        await rejects(
          db.transaction().execute(() => Promise.resolve()),
          { code: "UNSUPPORTED" },
        );
      },
    },
  ],
};
