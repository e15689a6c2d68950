import { E6Error } from "../error.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import { type CallLimits, readCallOptions } from "../transport/call-limits.ts";
import { catalogOf, checkText, type InCatalog } from "./names.ts";
import { type CatalogContext, onceOnly, runNewWork } from "./new-work.ts";

const { method } = QueryEngineService;

/** Properties of a session, by name. */
export type SessionProperties = Readonly<Record<string, string | number | boolean>>;

/** Options of `syncSchemas()`. */
export interface SyncOptions extends InCatalog {
  /** True replaces what the engine knows of the schema. Default: false, which adds to it. */
  readonly replace?: boolean | undefined;
  /** The query on whose behalf it is done. Default: none. */
  readonly queryId?: string | undefined;
}

/** Sets properties of the session. */
export async function setProperties(
  context: CatalogContext,
  properties: SessionProperties,
  options: CallLimits = {},
): Promise<void> {
  readCallOptions(options, [], "setProperties()");
  const props = writeProperties(properties);
  await onceOnly(
    "setProperties",
    runNewWork(context, options, (call) => context.call(method.setProps, { props }, call)),
  );
}

/** Lets the engine read its catalogs anew. */
export async function refreshCatalogs(context: CatalogContext, options: CallLimits = {}): Promise<void> {
  readCallOptions(options, [], "refreshCatalogs()");
  await onceOnly(
    "refreshCatalogs",
    runNewWork(context, options, (call) => context.call(method.refreshCatalogs, {}, call)),
  );
}

/** Lets the engine read a schema anew. */
export async function syncSchemas(context: CatalogContext, schema: string, options: SyncOptions = {}): Promise<void> {
  readCallOptions(options, ["catalog", "replace", "queryId"], "syncSchemas()");
  const request = {
    catalog: catalogOf(options, context.settings),
    database: checkText(schema, "the schema's name"),
    queryId: options.queryId ?? "",
    isReplace: options.replace ?? false,
  };
  await onceOnly(
    "syncSchemas",
    runNewWork(context, options, (call) => context.call(method.syncSchemas, request, call)),
  );
}

/** Gives back what the engine keeps for the user's session: its data frames. */
export async function dropUserContext(context: CatalogContext, options: CallLimits = {}): Promise<void> {
  readCallOptions(options, [], "dropUserContext()");
  await onceOnly(
    "dropUserContext",
    runNewWork(context, options, (call) =>
      context.call(method.dropUserContext, { engineIP: call.route.session.engineIp }, call),
    ),
  );
}

function writeProperties(properties: unknown): string {
  const isPlain = typeof properties === "object" && properties !== null && !Array.isArray(properties);
  const wrong = isPlain
    ? Object.entries(properties).find(([, value]) => !["string", "number", "boolean"].includes(typeof value))?.[0]
    : "";
  if (wrong !== undefined) {
    const what = isPlain ? `the property ${JSON.stringify(wrong)}` : "the argument of setProperties()";
    throw new E6Error("INVALID_PARAMETER", `${what} is of a kind that cannot be sent`, {
      hint: "pass an object whose values are strings, numbers or booleans",
    });
  }
  return JSON.stringify(properties);
}
