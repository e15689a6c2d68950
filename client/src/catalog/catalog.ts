import type { Planner } from "../session/identify-planner.ts";
import type { CallLimits } from "../transport/call-limits.ts";
import { type AddCatalogsOutcome, addCatalogs } from "./add-catalogs.ts";
import {
  dropUserContext,
  type PropertyContext,
  refreshCatalogs,
  type SessionProperties,
  type SyncOptions,
  setProperties,
  syncSchemas,
} from "./changes.ts";
import {
  analyzeQuery,
  type CatalogInfo,
  type ColumnInfo,
  dryRun,
  ping,
  readCatalogs,
  readColumns,
  readSchemas,
  readTables,
} from "./look-up.ts";
import type { InCatalog, InSchema } from "./names.ts";
import { findPlanner, type PlannerOptions } from "./planner.ts";

/**
 * What an engine can be asked beside queries. Each call goes to the active stack and rejects with an `E6Error`. One that
 * changes something is never made twice: where its answer is lost it rejects with `SUBMISSION_UNKNOWN`.
 */
export interface Catalog {
  /** Resolves if the active stack answers. */
  ping(limits?: CallLimits): Promise<void>;
  /** The catalogs of the engine. */
  catalogs(limits?: CallLimits): Promise<CatalogInfo[]>;
  /** The names of a catalog's schemas. */
  schemas(options?: InCatalog): Promise<string[]>;
  /** The names of a schema's tables. */
  tables(options?: InSchema): Promise<string[]>;
  /** The columns of a table, in their order. */
  columns(table: string, options?: InSchema): Promise<ColumnInfo[]>;
  /** What the engine would do with a statement, in its own words; the statement is not run. */
  dryRun(sql: string, options?: InSchema): Promise<string>;
  /** Lets the engine analyse a statement without running it; rejects if it finds the statement wrong. */
  analyzeQuery(sql: string, options?: InSchema): Promise<void>;
  /** Waits until the engine has a planner for a statement, which is not run. */
  identifyPlanner(sql: string, options?: PlannerOptions): Promise<Planner>;
  /** Sets properties of the session in use, and of those that follow it, here or on the other stack. */
  setProperties(properties: SessionProperties, limits?: CallLimits): Promise<void>;
  /** Lets the engine read its catalogs anew. */
  refreshCatalogs(limits?: CallLimits): Promise<void>;
  /**
   * Adds catalogs, described as the engine wants it: `{ catalogs: [{ name, type, … }] }`. Waits until the engine has read
   * them, five minutes at most where its limits do not say otherwise. What could not be added is in the outcome.
   */
  addCatalogs(definitions: object, limits?: CallLimits): Promise<AddCatalogsOutcome>;
  /** Lets the engine read a schema anew. */
  syncSchemas(options?: SyncOptions): Promise<void>;
  /** Gives back what the engine keeps for the session: its data frames. */
  dropUserContext(limits?: CallLimits): Promise<void>;
}

/** The calls of a connection that have no query. */
export function createCatalog(context: PropertyContext): Catalog {
  return {
    ping: (limits) => ping(context, limits),
    catalogs: (limits) => readCatalogs(context, limits),
    schemas: (options) => readSchemas(context, options),
    tables: (options) => readTables(context, options),
    columns: (table, options) => readColumns(context, table, options),
    dryRun: (sql, options) => dryRun(context, sql, options),
    analyzeQuery: (sql, options) => analyzeQuery(context, sql, options),
    identifyPlanner: (sql, options) => findPlanner(context, sql, options),
    setProperties: (properties, limits) => setProperties(context, properties, limits),
    refreshCatalogs: (limits) => refreshCatalogs(context, limits),
    addCatalogs: (definitions, limits) => addCatalogs(context, definitions, limits),
    syncSchemas: (options) => syncSchemas(context, options),
    dropUserContext: (limits) => dropUserContext(context, limits),
  };
}
