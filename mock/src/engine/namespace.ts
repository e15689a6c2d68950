import { defaultCatalog, defaultSchema } from "./database.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import type { Namespace } from "./engine.ts";
import { quoteName, quoteText } from "./type-sql.ts";

/** Where names are looked up, with the defaults filled in. */
export function resolveNamespace({ catalog, schema }: Namespace): Required<Namespace> {
  const inCatalog = catalog || defaultCatalog;
  const isDefault = inCatalog.toLowerCase() === defaultCatalog;
  return { catalog: inCatalog, schema: schema || (isDefault ? defaultSchema : "main") };
}

/** Sets where a connection looks names up. Rejects with a SqlError where there is no such schema. */
export async function enterNamespace(connection: DuckDbConnection, namespace: Namespace): Promise<void> {
  const { catalog, schema } = resolveNamespace(namespace);
  await connection.query(`SET search_path = ${quoteText(`${quoteName(catalog)}.${quoteName(schema)}`)}`);
}
