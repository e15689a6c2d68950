import { Kysely } from "kysely";
import { describe, expect, it } from "vitest";
import { FakeGateway } from "../test/fake-gateway.ts";
import { createGate, secret, threeFives } from "../test/open-connection.ts";
import { openKysely } from "../test/open-kysely.ts";
import { vectorCase } from "../test/vectors.ts";
import type { ConnectOptions } from "./index.ts";
import { e6dataDialect } from "./kysely.ts";

/** Options of a connection to a gateway of its own. */
function openGateway() {
  const gateway = new FakeGateway();
  gateway.result = threeFives.result;
  const connection = { url: "https://gateway.example.com", user: "ann", token: secret, fetch: gateway.fetch };
  return { gateway, connection };
}

interface Database {
  readonly t: { readonly c: bigint };
}

const fives = [{ c: 5n }, { c: 5n }, { c: 5n }];

describe("e6dataDialect()", () => {
  it("sends nothing before the first statement, and nothing at all where there is none", async () => {
    const { gateway, connection } = openGateway();
    const db = new Kysely<Database>({ dialect: e6dataDialect({ connection }) });
    await db.destroy();
    expect(gateway.calls).toEqual([]);
  });

  it("closes a connection of its own with the database, and opens another for the next database", async () => {
    const { gateway, connection } = openGateway();
    const dialect = e6dataDialect({ connection });
    for (const _time of [1, 2]) {
      await using db = new Kysely<Database>({ dialect });
      expect(await db.selectFrom("t").selectAll().execute()).toEqual(fives);
    }
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(2);
    expect(gateway.openQueries.size).toBe(0);
  });

  it("asks nothing more of a connection of its own that is closed", async () => {
    const { gateway, connection } = openGateway();
    const db = new Kysely<Database>({ dialect: e6dataDialect({ connection }) });
    await db.selectFrom("t").selectAll().execute();
    await db.destroy();
    const before = gateway.calls.length;
    await expect(db.introspection.getSchemas()).rejects.toMatchObject({ code: "CLOSED" });
    expect(gateway.calls).toHaveLength(before);
  });

  it("leaves a connection open that it was given", async () => {
    const { connection, db } = openKysely();
    expect(await db.selectFrom("t").select("c").execute()).toEqual(fives);
    await db.destroy();
    expect((await connection.query("select c from t")).rowCount).toBe(3);
    await connection.close();
  });

  it("refuses wrong options of a connection at once, and others with the first statement", async () => {
    const wrong = [undefined, null, {}, { url: "nowhere", user: "ann", token: "x" }] as unknown as ConnectOptions[];
    for (const connection of wrong) {
      expect(() => e6dataDialect({ connection })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    }
    const { gateway, db } = openKysely({ dialect: "xml" as "json" });
    await expect(db.selectFrom("t").selectAll().execute()).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(gateway.calls).toEqual([]);
  });

  it("reads exact values by default, others where they are asked for", async () => {
    const first = async (db: ReturnType<typeof openKysely>["db"]) =>
      (await db.selectFrom("t").selectAll().executeTakeFirstOrThrow()).c;
    expect(await first(openKysely().db)).toBe(5n);
    expect(await first(openKysely({ dialect: "plain" }).db)).toBe(5);
    expect(await first(openKysely({ dialect: "json" }).db)).toBe("5");
    const convert = { types: { LONG: (value: bigint) => `${value} pieces` } };
    expect(await first(openKysely({ convert }).db)).toBe("5 pieces");
  });

  it("loses no digit, in no dialect", async () => {
    const { gateway, db } = openKysely({ dialect: "plain" });
    gateway.result = vectorCase("long").result;
    await expect(db.selectFrom("t").selectAll().execute()).rejects.toMatchObject({ code: "PRECISION_LOSS" });
  });

  it("keeps columns of one name apart", async () => {
    const { gateway, db } = openKysely();
    gateway.result = vectorCase("duplicate-and-empty-names").result;
    expect(await db.selectFrom("t").selectAll().execute()).toEqual([
      { x: 1, x_2: 3, column3: 5 },
      { x: 2, x_2: 4, column3: 6 },
    ]);
  });

  it("runs statements as its options say", async () => {
    const steps: string[] = [];
    const { gateway, db } = openKysely({
      catalog: "other",
      schema: "far",
      prefetchBytes: 0,
      onEvent: ({ type }) => steps.push(type),
    });
    await db.selectFrom("t").selectAll().execute();
    for await (const _row of db.selectFrom("t").selectAll().stream());
    const prepared = gateway.calls.filter(({ rpc }) => rpc === "prepareStatementV2");
    expect(prepared).toMatchObject([
      { message: { catalog: "other", schema: "far" } },
      { message: { catalog: "other", schema: "far" } },
    ]);
    expect(steps.filter((step) => step === "done")).toHaveLength(2);
  });

  it("runs many statements at a time", async () => {
    const { gateway, db } = openKysely();
    const gate = createGate();
    let waiting = 0;
    gateway.overrides.getResultMetadata = async () => {
      waiting++;
      if (waiting === 20) gate.open();
      await gate.passed;
      return { resultMetaData: gateway.result.metadata };
    };
    const queries = Array.from({ length: 20 }, () => db.selectFrom("t").selectAll().execute());
    expect(await Promise.all(queries)).toEqual(Array.from({ length: 20 }, () => fives));
  });

  it("has one connection for all, also for who asks Kysely for one", async () => {
    const { db } = openKysely();
    const rows = await db.connection().execute((one) => one.selectFrom("t").selectAll().execute());
    expect(rows).toEqual(fives);
  });
});

describe("what the engine does not have", () => {
  it("is refused: transactions, with the remedy", async () => {
    const { gateway, db } = openKysely();
    const error = { name: "E6Error", code: "UNSUPPORTED", hint: expect.stringContaining("by itself") };
    const work = async () => expect.unreachable();
    await expect(db.transaction().execute(work)).rejects.toMatchObject(error);
    await expect(db.startTransaction().execute()).rejects.toMatchObject(error);
    expect(gateway.calls).toEqual([]);
  });
});
