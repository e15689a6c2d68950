import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { QueryEngineService } from "e6data-web/proto";
import { type Engine, SqlError } from "../engine/engine.ts";
import type { CatalogChange, SessionMemory } from "../sessions.ts";
import { abortable } from "./abortable.ts";
import { hasToken, identify } from "./caller.ts";
import { isObject, readJsonObject } from "./json-object.ts";
import type { StackContext } from "./stack-context.ts";

type Failure = CatalogChange["failures"][number];

/** The calls that change catalogs. A change goes on after its call; `getAddCatalogsResponse` tells what came of it. */
export function createCatalogChangeCalls(
  stack: StackContext,
): Pick<
  ServiceImpl<typeof QueryEngineService>,
  "addCatalogs" | "refreshCatalogs" | "getAddCatalogsResponse" | "syncSchemas"
> {
  const { engine } = stack;
  return {
    addCatalogs(request, context) {
      const { sessionId, memory } = identify(stack, request.sessionId, context);
      const wished = readWishes(request.json);
      begin(memory, () => addCatalogs(engine, wished));
      return { sessionId };
    },
    // Nothing is cached: what a refresh would find is what every call finds, if the catalogs can be read at all.
    refreshCatalogs(request, context) {
      const { sessionId, memory } = identify(stack, request.sessionId, context);
      begin(memory, () => readCatalogs(engine));
      return { sessionId };
    },
    getAddCatalogsResponse(request, context) {
      const { sessionId, memory } = identify(stack, request.sessionId, context);
      const { status, failures } = memory.catalogChange ?? { status: "none", failures: [] };
      return { status, failures: [...failures], sessionId };
    },
    // The request has no session. A schema is in step with itself: only whether it is there is to be found out.
    async syncSchemas({ catalog, database }, context) {
      hasToken(context);
      const asked =
        database === "" ? engine.schemas(catalog || undefined) : engine.tables(database, catalog || undefined);
      await abortable(asked, context.signal);
      return {};
    },
  };
}

/** How many catalogs may be asked for at once, and how many schemas in each. */
const maxCatalogs = 100;

/** Only the last change that was begun is told of. */
function begin(memory: SessionMemory, change: () => Promise<Failure[]>): void {
  const running: CatalogChange = { status: "running", failures: [] };
  memory.catalogChange = running;
  const end = (failures: readonly Failure[]): void => {
    if (memory.catalogChange !== running) return;
    memory.catalogChange = { status: failures.length === 0 ? "success" : "failed", failures };
  };
  change().then(end, (reason: unknown) => end([failure("", "CATALOG", reason)]));
}

/** The descriptions of the catalogs that are wished for, each of them still unread. */
function readWishes(json: string): readonly unknown[] {
  const example = '{"catalogs": [{"name": "reports", "type": "memory", "schemas": ["daily"]}]}';
  const { catalogs, ...unknown } = readJsonObject("json", json, example);
  if (!Array.isArray(catalogs) || catalogs.length > maxCatalogs || Object.keys(unknown).length > 0) {
    const what = `"json" has one key, "catalogs", a list of at most ${maxCatalogs} catalogs`;
    throw new ConnectError(`${what}, such as ${example}`, Code.InvalidArgument);
  }
  return catalogs;
}

async function addCatalogs(engine: Engine, wished: readonly unknown[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  // One after the other: two of a name meet in their order.
  for (const description of wished) failures.push(...(await addCatalog(engine, description)));
  return failures;
}

async function addCatalog(engine: Engine, description: unknown): Promise<Failure[]> {
  const name = isObject(description) && typeof description["name"] === "string" ? description["name"] : "";
  const schemas: string[] = [];
  try {
    schemas.push(...readSchemas(description));
    await engine.addCatalog(name);
  } catch (reason) {
    return [failure(name, "CATALOG", reason)];
  }
  const failures: Failure[] = [];
  for (const schema of schemas) {
    await engine
      .addSchema(schema, name)
      .catch((reason: unknown) => failures.push(failure(`${name}.${schema}`, "SCHEMA", reason)));
  }
  return failures;
}

/** The schemas of a catalog, if it is one that can be added. Only its name has to be there. */
function readSchemas(description: unknown): readonly string[] {
  if (!isObject(description) || typeof description["name"] !== "string") {
    throw new SqlError('Invalid Input Error: a catalog is described by a JSON object with a "name"');
  }
  const { name: _, type = "memory", schemas = [], ...unknown } = description;
  if (type !== "memory") {
    throw new SqlError(
      'Not implemented Error: only catalogs of the type "memory" can be added: nothing outside is reached',
    );
  }
  const [key] = Object.keys(unknown);
  if (key !== undefined) {
    throw new SqlError(
      `Invalid Input Error: a catalog has no ${JSON.stringify(key)}: known are name, type and schemas`,
    );
  }
  if (Array.isArray(schemas) && schemas.length <= maxCatalogs && schemas.every((one) => typeof one === "string")) {
    return schemas;
  }
  throw new SqlError(`Invalid Input Error: "schemas" is a list of at most ${maxCatalogs} names`);
}

async function readCatalogs(engine: Engine): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { name } of await engine.catalogs()) {
    await engine.schemas(name).catch((reason: unknown) => failures.push(failure(name, "CATALOG", reason)));
  }
  return failures;
}

function failure(name: string, type: Failure["type"], reason: unknown): Failure {
  return { name, type, reason: reason instanceof Error ? reason.message : String(reason) };
}
