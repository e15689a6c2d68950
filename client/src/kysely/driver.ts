import type { DatabaseConnection, Driver } from "kysely";
import type { Dialect } from "../index.ts";
import { createDatabaseConnection } from "./database-connection.ts";
import type { StatementOptions } from "./dialect-options.ts";
import type { HeldConnection } from "./held-connection.ts";
import { unsupported } from "./unsupported.ts";

/** A driver over one connection, which runs many statements at a time: nothing is pooled, nobody waits for another. */
export function createDriver<D extends Dialect, Made>(
  held: HeldConnection,
  options: StatementOptions<D, Made>,
): Driver {
  // Wrong options are told where the database is made, not by its first query.
  held.get();
  const connection: DatabaseConnection = createDatabaseConnection(held, options);
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    destroy: () => held.release(),
  };
}

async function refuseTransaction(): Promise<never> {
  throw unsupported("transactions", "run each statement by itself, on the database");
}
