/**
 * A dialect for Kysely, typed queries. It needs the package `kysely`: `npm install kysely`.
 *
 * @module
 */
import type { Dialect as KyselyDialect } from "kysely";
import type { Dialect } from "./index.ts";
import { E6dataAdapter } from "./kysely/adapter.ts";
import type { E6dataDialectOptions } from "./kysely/dialect-options.ts";
import { createDriver } from "./kysely/driver.ts";
import { holdConnection } from "./kysely/held-connection.ts";
import { createIntrospector } from "./kysely/introspector.ts";
import { E6dataQueryCompiler } from "./kysely/query-compiler.ts";

export type { E6dataDialectOptions };

/**
 * A dialect for [Kysely](https://kysely.dev): typed queries that run on an e6data cluster.
 *
 * ```ts
 * import { e6dataDialect } from "e6data-web/kysely";
 * import type { CalendarDate, Decimal } from "e6data-web/wire";
 * import { Kysely } from "kysely";
 *
 * interface Database {
 *   orders: { o_orderkey: bigint; o_totalprice: Decimal; o_orderdate: CalendarDate };
 * }
 *
 * const connection = { url: "https://gateway.example.com", user, token, catalog: "sample", schema: "tpch" };
 * await using db = new Kysely<Database>({ dialect: e6dataDialect({ connection }) });
 *
 * const order = await db.selectFrom("orders").select("o_totalprice").where("o_orderkey", "=", 7n).executeTakeFirst();
 * for await (const { o_orderdate } of db.selectFrom("orders").selectAll().stream()) console.log(`${o_orderdate}`);
 * ```
 *
 * - **Values** are exact by default, as everywhere in the client, so the types of the database say `bigint` for LONG and `Decimal`,
 *   `CalendarDate`, `Timestamp` of `e6data-web/wire`. `dialect: "plain"` makes numbers and `Date`s of them, and refuses to lose a digit;
 *   `convert` is there for everything between. Of two columns with one name the second is called `name_2`.
 * - **Parameters** are bound by the engine, by the rules of `ParamValue`. An empty list behind `in` matches nothing.
 * - **A signal** given to `execute()` or `stream()` stops the statement at the engine, whatever the `inflightQueryAbortStrategy`, and so does leaving
 *   the loop over a stream, which holds `prefetchBytes`, an answer of the engine and a chunk at most.
 * - **Writes** tell how many rows they touched where the engine says so; where it does not, Kysely says 0.
 * - **What the engine does not have** rejects with an `E6Error` of the code `UNSUPPORTED`, before anything is changed: transactions, RETURNING, migrations. Every
 *   other failure is an `E6Error` too, but for an abort, which Kysely rejects with the signal's own reason.
 * - **Introspection** reads the catalog by the engine's own calls, which tell names and types only: a view looks like a table, and every column may
 *   be null.
 *
 * Nothing is sent before the first statement. Throws `INVALID_OPTION` for wrong options of a connection; for any other wrong option
 * each statement rejects with it.
 */
export function e6dataDialect<D extends Dialect = "exact", Made = never>({
  connection,
  introspectedSchemas,
  ...options
}: E6dataDialectOptions<D, Made>): KyselyDialect {
  const held = holdConnection(connection);
  return {
    createDriver: () => createDriver(held, options),
    createQueryCompiler: () => new E6dataQueryCompiler(),
    createAdapter: () => new E6dataAdapter(),
    createIntrospector: () => createIntrospector(held, { ...options, introspectedSchemas }),
  };
}
