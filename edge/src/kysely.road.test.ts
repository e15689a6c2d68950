import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { isE6Error } from "e6data-web";
import { e6dataDialect } from "e6data-web/kysely";
import { CalendarDate, Decimal, Timestamp } from "e6data-web/wire";
import fc from "fast-check";
import { Kysely, sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

interface Database {
  readonly nation: { readonly n_nationkey: bigint; readonly n_name: string; readonly n_regionkey: bigint };
  readonly region: { readonly r_regionkey: bigint; readonly r_name: string };
  readonly orders: {
    readonly o_orderkey: bigint;
    readonly o_custkey: bigint;
    readonly o_totalprice: Decimal;
    readonly o_orderdate: CalendarDate;
  };
  readonly customer: { readonly c_custkey: bigint; readonly c_nationkey: bigint };
  readonly scratch: {
    readonly id: bigint;
    readonly price: Decimal | null;
    readonly at: Timestamp;
    readonly note: string;
  };
}

let mock: Mock;
let gateway: Gateway;
let db: Kysely<Database>;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
});

beforeEach(async () => {
  await mock.control.reset();
  const connection = { url: gateway.url, user: "ann", token: "secret", catalog: "sample", schema: "tpch" };
  db = new Kysely({ dialect: e6dataDialect({ connection, prefetchBytes: 64 * 1024 }) });
});

afterEach(async () => {
  await db.destroy();
  expect(openQueries()).toBe(0);
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await gateway?.close();
  await mock?.close();
});

function rpcs(): string[] {
  return mock.control.calls().map(({ rpc }) => rpc);
}

/** How many queries the engine still keeps. */
function openQueries(): number {
  const { blue, green } = mock.control.state().stacks;
  return blue.queries + green.queries;
}

/** A table of so many numbers. */
const numbers = (count: number) => sql<{ i: bigint }>`(select i from range(${count}) r(i))`.as("t");

describe("a query of Kysely through Envoy", () => {
  it("joins and groups, and tells exact values", async () => {
    const query = db
      .selectFrom("region as r")
      .innerJoin("nation as n", "n.n_regionkey", "r.r_regionkey")
      .leftJoin("customer as c", "c.c_nationkey", "n.n_nationkey")
      .leftJoin("orders as o", "o.o_custkey", "c.c_custkey")
      .where("r.r_name", "in", ["ASIA", "EUROPE"])
      .groupBy("r.r_name")
      .select((eb) => [
        "r.r_name",
        eb.fn.count<bigint>("n.n_nationkey").distinct().as("nations"),
        eb.fn.agg<Decimal>("sum", ["o.o_totalprice"]).as("paid"),
        eb.fn.min("o.o_orderdate").as("first"),
      ])
      .orderBy("r.r_name");
    const rows = await query.execute();
    expect(rows).toMatchObject([
      { r_name: "ASIA", nations: 5n },
      { r_name: "EUROPE", nations: 5n },
    ]);
    for (const { paid, first } of rows) {
      expect(paid).toBeInstanceOf(Decimal);
      expect(first).toBeInstanceOf(CalendarDate);
    }
    expect(rpcs()).toContain("executeStatementV2");
  });

  it("uses common tables, windows, set operations, limits and cases", async () => {
    const rows = await db
      .with("ranked", (w) =>
        w.selectFrom("nation").select((eb) => [
          "n_name as name",
          eb.fn
            .agg<bigint>("row_number")
            .over((over) => over.partitionBy("n_regionkey").orderBy("n_name"))
            .as("place"),
        ]),
      )
      .selectFrom("ranked")
      .where("place", "=", 1n)
      .select((eb) => ["name", eb.case().when("name", "=", "CHINA").then("yes").else("no").end().as("china")])
      .unionAll(
        db
          .selectFrom("region")
          .where("r_name", "like", "%A")
          .select(["r_name as name", sql.lit("-").as("china")]),
      )
      .orderBy("name")
      .limit(5)
      .offset(1)
      .execute();
    expect(rows).toEqual([
      { name: "ALGERIA", china: "no" },
      { name: "AMERICA", china: "-" },
      { name: "ARGENTINA", china: "no" },
      { name: "ASIA", china: "-" },
      { name: "CHINA", china: "yes" },
    ]);
  });

  it("finds nothing in an empty list", async () => {
    const count = (operator: "in" | "not in") =>
      db.selectFrom("region").where("r_name", operator, []).select(db.fn.countAll<bigint>().as("n")).executeTakeFirst();
    expect(await count("in")).toEqual({ n: 0n });
    expect(await count("not in")).toEqual({ n: 5n });
  });

  it("reaches tables of another schema, and of a catalog", async () => {
    const count = db.fn.countAll<bigint>().as("n");
    expect(await db.withSchema("tpch").selectFrom("region").select(count).execute()).toEqual([{ n: 5n }]);
    const stores = sql<object>`${sql.id("sample", "sales", "dim_store")}`.as("s");
    expect((await db.selectFrom(stores).select(count).executeTakeFirst())?.n).toBeGreaterThan(0n);
  });

  it("explains itself", async () => {
    const plan = await db.selectFrom("nation").selectAll().explain();
    expect(JSON.stringify(plan)).toContain("n_regionkey");
  });

  it("reads a value back as itself, whatever text it is, and names a column by any text", async () => {
    const pieces = [
      "'",
      '"',
      "\\",
      "--",
      "/*",
      "*/",
      ";",
      "?",
      "$1",
      ":a",
      "%(a)s",
      "$$",
      "E'",
      "\n",
      " ",
      "é",
      "😀",
      "x",
    ];
    const text = fc.string({ unit: fc.constantFrom(...pieces, "\0", "\u00a0", "\u2028"), maxLength: 12 });
    const name = fc.string({ unit: fc.constantFrom(...pieces), minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, text, name, async (a, b, column) => {
        const rows = await db
          .selectNoFrom((eb) => [eb.val(a).as(column), eb.val([b].join()).as(`${column}2`)])
          .where((eb) => eb(eb.val(a), "in", [a, b]))
          .execute();
        expect(rows).toEqual([{ [column]: a, [`${column}2`]: b }]);
      }),
      { numRuns: 40 },
    );
  });

  it("is an E6Error with the engine's words where it is wrong", async () => {
    const query = db.selectFrom("nation").select(sql.ref("n_nam").as("x"));
    const error: unknown = await query.execute().catch((cause) => cause);
    expect(isE6Error(error) && error.code).toBe("SQL_ERROR");
    expect(error).toMatchObject({ message: expect.stringContaining("n_nam") });
  });
});

describe("writes of Kysely through Envoy", () => {
  afterEach(async () => {
    await db.schema.dropTable("scratch").ifExists().execute();
  });

  it("make a table, fill, change and read it, and tell how many rows they touched", async () => {
    await db.schema
      .createTable("scratch")
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("price", "decimal(38, 2)")
      .addColumn("at", "timestamp")
      .addColumn("note", "varchar")
      .execute();
    const row = {
      id: 2n ** 63n - 1n,
      price: new Decimal(10n ** 36n + 1n, 2),
      at: new Timestamp(1n),
      note: "x'); drop table scratch; --",
    };
    const rows = [row, { ...row, id: 2n, price: null }, { ...row, id: 3n }];
    const inserted = await db.insertInto("scratch").values(rows).executeTakeFirst();
    expect(inserted.numInsertedOrUpdatedRows).toBe(3n);
    expect(await db.selectFrom("scratch").selectAll().orderBy("id", "desc").executeTakeFirst()).toEqual(row);
    const changed = await db.updateTable("scratch").set({ note: "y" }).where("id", "<", 10n).executeTakeFirst();
    expect(changed.numUpdatedRows).toBe(2n);
    const removed = await db.deleteFrom("scratch").where("price", "is", null).executeTakeFirst();
    expect(removed.numDeletedRows).toBe(1n);
    const copied = db.insertInto("scratch").columns(["id", "at", "note"]);
    const copy = copied.expression(db.selectFrom("scratch").select(["id", "at", "note"]));
    expect((await copy.executeTakeFirst()).numInsertedOrUpdatedRows).toBe(2n);
  });
});

describe("a stream of Kysely through Envoy", () => {
  it("gives 100,000 rows once, in order", async () => {
    let next = 0n;
    for await (const { i } of db.selectFrom(numbers(100_000)).select("t.i").orderBy("i").stream(1000)) {
      if (i !== next) throw new Error(`row ${next} is ${i}`);
      next++;
    }
    expect(next).toBe(100_000n);
    expect(rpcs()).not.toContain("cancelQuery");
  });

  it("stops the engine when it is left", async () => {
    const rows = db.selectFrom(numbers(20_000_000)).select("t.i").stream();
    for await (const _row of rows) break;
    await expect.poll(openQueries).toBe(0);
    expect(rpcs().slice(-2)).toEqual(["cancelQuery", "clear"]);
  });
});

describe("a signal through Envoy", () => {
  it("stops a statement at the engine that would work for hours", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { signal } = controller;
    const endless = sql`select count(*) from range(10000000) a, range(10000000) b where a.range <> b.range + 1`;
    const outcome = expect(endless.execute(db, { signal })).rejects.toBe(reason);
    await expect.poll(() => rpcs().length).toBeGreaterThanOrEqual(3);
    controller.abort(reason);
    await outcome;
    await expect.poll(openQueries).toBe(0);
    expect(rpcs().slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("stops a stream at the engine", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { signal } = controller;
    const rows = db.selectFrom(numbers(20_000_000)).select("t.i").stream({ signal, chunkSize: 1 });
    await rows.next();
    controller.abort(reason);
    await expect(rows.next()).rejects.toBe(reason);
    await expect.poll(openQueries).toBe(0);
    expect(rpcs().slice(-2)).toEqual(["cancelQuery", "clear"]);
  });
});

describe("introspection through Envoy", () => {
  it("tells the schemas, tables and columns of the sample data", async () => {
    expect(await db.introspection.getSchemas()).toEqual([{ name: "sales" }, { name: "tpch" }]);
    const tables = await db.introspection.getTables();
    const names = tables.map(({ schema, name }) => `${schema}.${name}`);
    expect(names).toEqual(names.toSorted());
    expect(names).toContain("sales.fact_sales");
    expect(tables.filter(({ schema }) => schema === "tpch")).toHaveLength(8);
    const orders = tables.find(({ name }) => name === "orders");
    expect(orders?.columns.slice(0, 5).map(({ name, dataType }) => `${name} ${dataType}`)).toEqual([
      "o_orderkey LONG",
      "o_custkey LONG",
      "o_orderstatus STRING",
      "o_totalprice DECIMAL128",
      "o_orderdate DATE",
    ]);
  });
});

describe("a deployment", () => {
  it("is not noticed by queries that run at the same time", async () => {
    const count = async (from: number) => {
      const query = db.selectFrom(numbers(from + 1000)).select((eb) => eb.fn.countAll<bigint>().as("n"));
      return (await query.executeTakeFirstOrThrow()).n;
    };
    const runs: Promise<bigint>[] = [];
    for (const stack of ["green", "blue", "green"] as const) {
      for (let run = 0; run < 10; run++) runs.push(count(runs.length));
      await Promise.race(runs.slice(-10));
      mock.control.switch(stack);
    }
    runs.push(count(runs.length));
    expect(await Promise.all(runs)).toEqual(runs.map((_, index) => BigInt(index + 1000)));
    const stacks = mock.control.calls().filter(({ rpc }) => rpc === "executeStatementV2");
    expect(new Set(stacks.map(({ stack }) => stack))).toEqual(new Set(["blue", "green"]));
  });
});
