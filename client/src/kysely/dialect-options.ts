import type { Connection, ConnectOptions, Dialect, StreamOptions } from "../index.ts";

/**
 * How every statement is run and read. A signal Kysely hands over itself, whether a statement only reads its words tell, and a
 * moment in time is no limit for many.
 */
export type StatementOptions<D extends Dialect, Made> = Omit<
  StreamOptions<D, Made>,
  "signal" | "readOnly" | "deadline"
>;

/**
 * Options of `e6dataDialect()`. Those of a statement hold for every statement, `catalog` and `timeoutMs` for
 * introspection too.
 */
export interface E6dataDialectOptions<D extends Dialect = "exact", Made = never> extends StatementOptions<D, Made> {
  /** A connection, which stays its owner's: `db.destroy()` leaves it open. Or options for one of the dialect's own, which it closes. */
  readonly connection: Connection | ConnectOptions;
  /** The schemas that `db.introspection.getTables()` reads: each of their tables costs a call. Default: all of the catalog. */
  readonly introspectedSchemas?: readonly string[] | undefined;
}
