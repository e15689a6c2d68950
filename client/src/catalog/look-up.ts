import { placeChecks, text } from "../checks.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import { checkHealth } from "../session/sign-in.ts";
import { type CallLimits, readCallOptions } from "../transport/call-limits.ts";
import { checkText, type InCatalog, type InSchema, neededPlaceOf, placeOf } from "./names.ts";
import { type CatalogContext, runNewWork } from "./new-work.ts";

/** A catalog of the engine. */
export interface CatalogInfo {
  readonly name: string;
  /** True for the one that is used where none is named. */
  readonly isDefault: boolean;
}

/** A column of a table. */
export interface ColumnInfo {
  readonly name: string;
  /** The engine's name of the type. */
  readonly type: string;
}

/** Asks the active stack whether it is there. */
export async function ping(context: CatalogContext, options: CallLimits = {}): Promise<void> {
  readCallOptions(options, "ping()");
  await runNewWork(context, options, (call) => checkHealth(context.call, call));
}

/** The catalogs of the engine. */
export async function readCatalogs(context: CatalogContext, options: CallLimits = {}): Promise<CatalogInfo[]> {
  readCallOptions(options, "catalogs()");
  const { catalogResponses } = await runNewWork(context, options, (call) =>
    context.call(engine.getCataloges, {}, call),
  );
  return catalogResponses.map(({ name, isDefault }) => ({ name, isDefault }));
}

/** The names of a catalog's schemas. */
export async function readSchemas(context: CatalogContext, options: InCatalog = {}): Promise<string[]> {
  readCallOptions(options, "schemas()", { catalog: text });
  const { catalog } = placeOf(options, context.settings);
  const { schemas } = await runNewWork(context, options, (call) =>
    catalog === ""
      ? context.call(engine.getSchemaNames, {}, call)
      : context.call(engine.getSchemaNamesV2, { catalog }, call),
  );
  return schemas;
}

/** The names of a schema's tables. */
export async function readTables(context: CatalogContext, options: InSchema = {}): Promise<string[]> {
  readCallOptions(options, "tables()", placeChecks);
  const place = neededPlaceOf(options, context.settings);
  // The request of the first kind has no field for a catalog, and is written without.
  const method = place.catalog === "" ? engine.getTables : engine.getTablesV2;
  const { tables } = await runNewWork(context, options, (call) => context.call(method, place, call));
  return tables;
}

/** The columns of a table, in their order. */
export async function readColumns(
  context: CatalogContext,
  table: string,
  options: InSchema = {},
): Promise<ColumnInfo[]> {
  readCallOptions(options, "columns()", placeChecks);
  checkText(table, "the table's name");
  const place = neededPlaceOf(options, context.settings);
  const method = place.catalog === "" ? engine.getColumns : engine.getColumnsV2;
  const { fieldInfo } = await runNewWork(context, options, (call) => context.call(method, { ...place, table }, call));
  return fieldInfo.map(({ fieldName: name, fieldType: type }) => ({ name, type }));
}

/** What the engine would do with a statement, in its own words; the statement is not run. */
export async function dryRun(context: CatalogContext, sql: string, options: InSchema = {}): Promise<string> {
  readCallOptions(options, "dryRun()", placeChecks);
  const queryString = checkText(sql, "the statement", Number.POSITIVE_INFINITY);
  const place = placeOf(options, context.settings);
  const method = place.catalog === "" ? engine.dryRun : engine.dryRunV2;
  const { dryrunValue } = await runNewWork(context, options, (call) =>
    context.call(method, { ...place, queryString }, call),
  );
  return dryrunValue;
}

/** Lets the engine analyse a statement without running it; rejects if it finds the statement wrong. */
export async function analyzeQuery(context: CatalogContext, sql: string, options: InSchema = {}): Promise<void> {
  readCallOptions(options, "analyzeQuery()", placeChecks);
  const query = checkText(sql, "the statement", Number.POSITIVE_INFINITY);
  const place = placeOf(options, context.settings);
  await runNewWork(context, options, (call) => context.call(engine.analyzeQuery, { ...place, query }, call));
}
