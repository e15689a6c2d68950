import type { DatabaseIntrospector, TableMetadata } from "kysely";
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE } from "kysely/migration";
import type { E6dataDialectOptions } from "./dialect-options.ts";
import type { HeldConnection } from "./held-connection.ts";

const internalTables: ReadonlySet<string> = new Set([DEFAULT_MIGRATION_TABLE, DEFAULT_MIGRATION_LOCK_TABLE]);

/** Calls that are under way at a time: an edge function may not have more connections. */
const maxCalls = 6;

/**
 * Reads the catalog by the engine's own calls. Those tell names and types, no more: a view looks like a table, and every column
 * may be null.
 */
export function createIntrospector(
  held: HeldConnection,
  {
    catalog,
    timeoutMs,
    introspectedSchemas,
  }: Pick<E6dataDialectOptions, "catalog" | "timeoutMs" | "introspectedSchemas">,
): DatabaseIntrospector {
  const schemaNames = () => held.get().schemas({ catalog, timeoutMs });
  return {
    async getSchemas() {
      return (await schemaNames()).map((name) => ({ name }));
    },
    async getTables({ withInternalKyselyTables } = { withInternalKyselyTables: false }) {
      const connection = held.get();
      const found = await mapSome(introspectedSchemas ?? (await schemaNames()), async (schema) =>
        (await connection.tables({ catalog, schema, timeoutMs })).map((name) => ({ schema, name })),
      );
      const tables = found.flat().filter(({ name }) => withInternalKyselyTables || !internalTables.has(name));
      return await mapSome(tables, async ({ schema, name }): Promise<TableMetadata> => {
        const columns = await connection.columns(name, { catalog, schema, timeoutMs });
        return {
          schema,
          name,
          isView: false,
          isForeign: false,
          columns: columns.map(({ name, type: dataType }) => ({
            name,
            dataType,
            isNullable: true,
            isAutoIncrementing: false,
            hasDefaultValue: false,
          })),
        };
      });
    },
  };
}

/** Does work on every item, on some at a time, and keeps their order. The first failure ends it. */
async function mapSome<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  // A generator, unlike an array's own iterator, is over for every worker once one of them has failed.
  const queue = (function* () {
    yield* items.entries();
  })();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: maxCalls }, worker));
  return results;
}
