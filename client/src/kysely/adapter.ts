import { DialectAdapterBase } from "kysely";
import type { E6Error } from "../error.ts";
import { unsupported } from "./unsupported.ts";

/** What Kysely has to know of the engine: no transactions, no RETURNING, no locks, so no migrations. */
export class E6dataAdapter extends DialectAdapterBase {
  // Only a migrator asks, before it makes its tables: once it wants its lock, they would be there already.
  override get supportsCreateIfNotExists(): never {
    throw noMigrations();
  }

  override async acquireMigrationLock(): Promise<void> {
    throw noMigrations();
  }

  override async releaseMigrationLock(): Promise<void> {
    throw noMigrations();
  }
}

function noMigrations(): E6Error {
  return unsupported(
    "locks and no transactions, which migrations need",
    "make tables by db.schema, statement by statement",
  );
}
