import { type Compilable, sql } from "kysely";
import { describe, expect, it } from "vitest";
import { openKysely } from "../../test/open-kysely.ts";

const { db } = openKysely();
const from = db.selectFrom("t");

describe("E6dataQueryCompiler", () => {
  it.each<[string, Compilable, string, unknown[]]>([
    ["values", from.select("c").where("c", ">", 1n), 'select "c" from "t" where "c" > $1', [1n]],
    ["limits", from.select("c").limit(2).offset(4), 'select "c" from "t" limit $1 offset $2', [2, 4]],
    ["lists", from.select("c").where("c", "in", [1n, 2n]), 'select "c" from "t" where "c" in ($1, $2)', [1n, 2n]],
    [
      "no list",
      from.select("c").where("c", "in", []),
      'select "c" from "t" where "c" in (select null where 1 = 0)',
      [],
    ],
    [
      "names that hold quotes",
      from.select((eb) => eb.ref("c").as('a"; drop table "t')),
      'select "c" as "a""; drop table ""t" from "t"',
      [],
    ],
    [
      "names of names",
      db.selectFrom(sql.table(`x"."y`).as("z")).select(sql.ref(`z."c`).as("d")),
      'select "z"."""c" as "d" from "x"""."""y" as "z"',
      [],
    ],
    ["literals", from.select(sql.lit("it's \\").as("d")), `select 'it''s \\' as "d" from "t"`, []],
    ["schemas", db.withSchema("s").selectFrom("t").select("c"), 'select "c" from "s"."t"', []],
    [
      "common tables",
      db
        .with("u", (w) => w.selectFrom("t").select("c"))
        .selectFrom("u")
        .selectAll(),
      'with "u" as (select "c" from "t") select * from "u"',
      [],
    ],
    [
      "many rows",
      db.insertInto("t").values([
        { c: 1n, name: "x" },
        { c: 2n, name: "y" },
      ]),
      'insert into "t" ("c", "name") values ($1, $2), ($3, $4)',
      [1n, "x", 2n, "y"],
    ],
  ])("writes %s", (_what, query, text, parameters) => {
    expect(query.compile()).toMatchObject({ sql: text, parameters });
  });

  it("refuses rows of a write before it is sent", () => {
    const values = { c: 1n, name: "x" };
    const refused = [
      db.insertInto("t").values(values).returning("c"),
      db.updateTable("t").set(values).returningAll(),
      db.deleteFrom("t").returning("c"),
      db.insertInto("t").values(values).output("inserted.c"),
    ];
    for (const query of refused) {
      expect(() => query.compile()).toThrow(expect.objectContaining({ code: "UNSUPPORTED", hint: expect.any(String) }));
    }
  });
});
