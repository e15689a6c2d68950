import { flag, placeChecks, text } from "../checks.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import { type PropertyMemory, rememberProperties } from "../session/session-properties.ts";
import type { Sessions } from "../session/sessions.ts";
import { type CallLimits, readCallOptions } from "../transport/call-limits.ts";
import { writeJsonObject } from "./json-object.ts";
import { type InSchema, placeOf } from "./names.ts";
import { type CatalogContext, onceOnly } from "./new-work.ts";

/** Properties of a session, by name. */
export type SessionProperties = Readonly<Record<string, string | number | boolean>>;

/** Options of `syncSchemas()`. */
export interface SyncOptions extends InSchema {
  /** True replaces what the engine knows of the schema. Default: false, which adds to it. */
  readonly replace?: boolean | undefined;
  /** The query on whose behalf it is done. Default: none. */
  readonly queryId?: string | undefined;
}

/** What setting properties works with beside what every call does. */
export interface PropertyContext extends CatalogContext {
  readonly sessions: Sessions;
  readonly properties: PropertyMemory;
}

/** Sets properties of the connection's sessions: of the one in use, and of those that follow it here or on the other stack. */
export async function setProperties(
  context: PropertyContext,
  properties: SessionProperties,
  options: CallLimits = {},
): Promise<void> {
  readCallOptions(options, "setProperties()");
  const props = writeJsonObject(properties, "the properties of setProperties()");
  await onceOnly("setProperties", context, options, async (call) => {
    await context.call(engine.setProps, { props }, call);
    rememberProperties(context.properties, props);
    context.sessions.keepOnly(call.route.session);
  });
}

/** Lets the engine read its catalogs anew. */
export async function refreshCatalogs(context: CatalogContext, options: CallLimits = {}): Promise<void> {
  readCallOptions(options, "refreshCatalogs()");
  await onceOnly("refreshCatalogs", context, options, (call) => context.call(engine.refreshCatalogs, {}, call));
}

/** Lets the engine read a schema anew, or where none is named every schema of the catalog. */
export async function syncSchemas(context: CatalogContext, options: SyncOptions = {}): Promise<void> {
  readCallOptions(options, "syncSchemas()", { ...placeChecks, replace: flag, queryId: text });
  const { catalog, schema: database } = placeOf(options, context.settings);
  const request = { catalog, database, queryId: options.queryId ?? "", isReplace: options.replace ?? false };
  await onceOnly("syncSchemas", context, options, (call) => context.call(engine.syncSchemas, request, call));
}

/** Gives back what the engine keeps for the user's session: its data frames. */
export async function dropUserContext(context: CatalogContext, options: CallLimits = {}): Promise<void> {
  readCallOptions(options, "dropUserContext()");
  await onceOnly("dropUserContext", context, options, (call) =>
    context.call(engine.dropUserContext, { engineIP: call.route.session.engineIp }, call),
  );
}
