import duckdb from "@duckdb/node-bindings";
import { withDatetimes } from "./column-refinement.ts";
import { defaultCatalog } from "./database.ts";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { type CatalogEntry, type ColumnEntry, type Namespace, SqlError } from "./engine.ts";
import { enterNamespace, resolveNamespace } from "./namespace.ts";
import { preparedColumns } from "./result-column.ts";
import { textRows } from "./text-rows.ts";
import { quoteName, quoteText } from "./type-sql.ts";

/** What a database holds: every question is asked on a connection of its own. */
export class Catalog {
  readonly #database: duckdb.Database;

  constructor(database: duckdb.Database) {
    this.#database = database;
  }

  /** Every catalog, the default one first. */
  async catalogs(): Promise<readonly CatalogEntry[]> {
    const names = await this.#names(
      "SELECT database_name FROM system.main.duckdb_databases() WHERE NOT internal " +
        `ORDER BY database_name <> ${quoteText(defaultCatalog)}, database_name`,
    );
    return names.map((name) => ({ name, isDefault: name === defaultCatalog }));
  }

  /** The schemas of a catalog, sorted; `main`, which every catalog has, only where it holds something. */
  async schemas(catalog = defaultCatalog): Promise<readonly string[]> {
    return await this.#names(
      `SELECT DISTINCT schema_name FROM (${relations} UNION ALL SELECT database_name, schema_name, NULL ` +
        "FROM system.main.duckdb_schemas() WHERE NOT internal AND schema_name <> 'main') " +
        `WHERE lower(database_name) = lower(${quoteText(catalog)}) ORDER BY schema_name`,
      { catalog, schema: "main" },
    );
  }

  /** The tables and views of a schema, sorted. */
  async tables(schema: string, catalog?: string): Promise<readonly string[]> {
    const where = resolveNamespace({ schema, ...(catalog === undefined ? {} : { catalog }) });
    return await this.#names(
      `SELECT name FROM (${relations}) WHERE lower(database_name) = lower(${quoteText(where.catalog)}) ` +
        `AND lower(schema_name) = lower(${quoteText(where.schema)}) ORDER BY name`,
      where,
    );
  }

  /** The columns of a table or view. */
  async columns(table: string, schema: string, catalog?: string): Promise<readonly ColumnEntry[]> {
    const where = resolveNamespace({ schema, ...(catalog === undefined ? {} : { catalog }) });
    return await this.#ask(where, async (connection) => {
      const name = [where.catalog, where.schema, table].map(quoteName).join(".");
      const prepared = await connection.prepare(`SELECT * FROM ${name}`);
      const columns = preparedColumns(prepared);
      duckdb.destroy_prepare_sync(prepared);
      return (await withDatetimes(connection, [table], columns)).map(({ name, type }) => ({ name, type }));
    });
  }

  /** Adds an empty catalog in memory. */
  async add(name: string): Promise<void> {
    refuseName("catalog", name);
    const count = (await this.catalogs()).length;
    if (count >= maxCatalogs) {
      throw new SqlError(`Out of Range Error: there are ${count} catalogs, no more are taken`);
    }
    await this.#ask({}, (connection) => connection.query(`ATTACH ':memory:' AS ${quoteName(name)}`));
  }

  /** Adds an empty schema to a catalog. */
  async addSchema(name: string, catalog: string): Promise<void> {
    refuseName("schema", name);
    await this.#ask({}, (connection) => connection.query(`CREATE SCHEMA ${quoteName(catalog)}.${quoteName(name)}`));
  }

  async #names(sql: string, namespace: Namespace = {}): Promise<readonly string[]> {
    return await this.#ask(namespace, async (connection) => {
      const rows = await textRows(connection, await connection.query(sql));
      return rows.map((row) => row[0] ?? "");
    });
  }

  async #ask<T>(namespace: Namespace, question: (connection: DuckDbConnection) => Promise<T>): Promise<T> {
    const connection = await DuckDbConnection.open(this.#database);
    try {
      await enterNamespace(connection, namespace);
      return await question(connection);
    } finally {
      connection.close();
    }
  }
}

/** Each takes memory of its own, even while it is empty. */
const maxCatalogs = 100;

// biome-ignore lint/suspicious/noControlCharactersInRegex: names with them are refused.
const badName = /^$|[\u0000-\u001f]|^.{129}/su;

function refuseName(what: string, name: string): void {
  if (badName.test(name)) {
    throw new SqlError(`Binder Error: a ${what}'s name has 1 to 128 characters, none of them a control character`);
  }
}

const relations =
  "SELECT database_name, schema_name, table_name AS name FROM system.main.duckdb_tables() WHERE NOT internal UNION ALL " +
  "SELECT database_name, schema_name, view_name FROM system.main.duckdb_views() WHERE NOT internal";
