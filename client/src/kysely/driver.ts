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
  held.open();
  const connection: DatabaseConnection = createDatabaseConnection(held, options);
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    destroy: () => held.close(),
  };
}

async function refuseTransaction(): Promise<never> {
  throw unsupported("transactions", "run each statement by itself, on the database");
}
