import duckdb from "@duckdb/node-bindings";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { sampleMacros } from "./sample-macros.ts";
import { salesStatements } from "./sample-sales.ts";
import { tpchStatements } from "./sample-tpch.ts";

/** The catalog and schema where names are looked up when a statement names none. */
export const defaultCatalog = "sample";
/** See {@link defaultCatalog}. */
export const defaultSchema = "tpch";

/** What a database is made with. */
export interface DatabaseOptions {
  /** Size of the sample data; 1 is 1.5 million orders. */
  readonly scale: number;
  /** Threads on which statements run. */
  readonly threads: number;
  /** The most memory that data, running statements and results may take together, as DuckDB writes it (`1GiB`). */
  readonly memoryLimit: string;
}

/** A database in memory that holds the sample and cannot reach anything outside. */
export async function openDatabase(options: DatabaseOptions): Promise<duckdb.Database> {
  const database = await duckdb.open(":memory:", configuration(options));
  try {
    await fill(database, options.scale);
  } catch (cause) {
    duckdb.close_sync(database);
    throw cause;
  }
  return database;
}

function configuration(options: DatabaseOptions): duckdb.Config {
  const config = duckdb.create_config();
  const settings = {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_unsigned_extensions: "false",
    allow_persistent_secrets: "false",
  };
  for (const [name, value] of Object.entries(settings)) {
    duckdb.set_config(config, name, value);
  }
  return config;
}

/** The last of all: after it no statement can change a setting but where it looks names up. */
const sealing = [
  "SET GLOBAL TimeZone = 'UTC'",
  "SET GLOBAL allowed_configs = ['search_path']",
  "SET GLOBAL enable_external_access = false",
  "SET GLOBAL disabled_filesystems = 'LocalFileSystem'",
  "SET GLOBAL lock_configuration = true",
];

async function fill(database: duckdb.Database, scale: number): Promise<void> {
  const connection = await DuckDbConnection.open(database);
  const statements = [
    `ATTACH ':memory:' AS ${defaultCatalog}`,
    `USE ${defaultCatalog}`,
    "DETACH memory",
    `CREATE SCHEMA ${defaultCatalog}.tpch`,
    `CREATE SCHEMA ${defaultCatalog}.sales`,
    ...sampleMacros,
    ...tpchStatements(scale),
    ...salesStatements(scale),
    ...sealing,
  ];
  for (const statement of statements) {
    await connection.query(statement);
  }
  connection.close();
}
