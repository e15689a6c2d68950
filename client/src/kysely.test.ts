import { Kysely, type Dialect as KyselyDialect } from "kysely";
import { describe, expectTypeOf, it } from "vitest";
import { openConnection } from "../test/open-connection.ts";
import type { ConnectOptions, PlainValue } from "./index.ts";
import { type E6dataDialectOptions, e6dataDialect } from "./kysely.ts";
import type { CalendarDate, Decimal, Timestamp } from "./wire.ts";

/** A database as its user writes it for exact values. */
interface Database {
  readonly orders: {
    readonly key: bigint;
    readonly price: Decimal;
    readonly day: CalendarDate;
    readonly at: Timestamp | null;
    readonly comment: string;
  };
}

type Row<Query extends { execute(): Promise<unknown[]> }> = Awaited<ReturnType<Query["execute"]>>[number];

/** Nothing runs here: the compiler is the test. */
describe("the types of e6dataDialect()", () => {
  const { connection } = openConnection();
  const db = new Kysely<Database>({ dialect: e6dataDialect({ connection }) });

  it("take a connection, or options for one, and what holds for every statement", () => {
    expectTypeOf(e6dataDialect({ connection })).toEqualTypeOf<KyselyDialect>();
    expectTypeOf<{ connection: ConnectOptions }>().toExtend<E6dataDialectOptions>();
    expectTypeOf<{ dialect: "exact" }>().not.toExtend<E6dataDialectOptions>();
    // Signals come from Kysely, one by one; whether a statement only reads, its words tell.
    expectTypeOf<E6dataDialectOptions>().not.toHaveProperty("signal");
    expectTypeOf<E6dataDialectOptions>().not.toHaveProperty("readOnly");
    expectTypeOf<E6dataDialectOptions>().toHaveProperty("timeoutMs");
  });

  it("tell a conversion what it is given and what it can fall back on", () => {
    const convert = (value: Decimal) => value.toString();
    e6dataDialect({
      connection,
      dialect: "plain",
      convert: {
        types: {
          DECIMAL128(value, _field, standard) {
            expectTypeOf(value).toEqualTypeOf<Decimal>();
            expectTypeOf(standard).returns.toEqualTypeOf<Exclude<PlainValue, null>>();
            return convert(value);
          },
        },
      },
    });
    // @ts-expect-error LONG is no Decimal
    e6dataDialect({ connection, convert: { types: { LONG: convert } } });
  });

  it("carry exact values through a query", () => {
    const query = db
      .selectFrom("orders")
      .select((eb) => ["key", "price as paid", "at", eb.fn.countAll<bigint>().as("count")])
      .where("key", "in", [1n, 2n])
      .groupBy("key");
    expectTypeOf<Row<typeof query>>().toEqualTypeOf<{
      key: bigint;
      paid: Decimal;
      at: Timestamp | null;
      count: bigint;
    }>();
    type Streamed = ReturnType<typeof query.stream>;
    expectTypeOf<Streamed>().toExtend<AsyncIterable<{ paid: Decimal }>>();
  });

  it("refuse a value of another type, as the engine's column is", () => {
    // @ts-expect-error LONG is read and compared as a bigint
    db.selectFrom("orders").where("key", "=", 1);
    // @ts-expect-error there is no such column
    db.selectFrom("orders").select("kee");
  });
});
