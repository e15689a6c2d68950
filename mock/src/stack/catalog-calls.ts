import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { QueryEngineService } from "e6data-web/proto";
import { abortable } from "./abortable.ts";
import { hasToken, identify } from "./caller.ts";
import { responseFields, type StackContext } from "./stack-context.ts";

type CatalogCalls = Pick<
  ServiceImpl<typeof QueryEngineService>,
  "getCataloges" | "getSchemaNames" | "getSchemaNamesV2" | "getTables" | "getTablesV2" | "getColumns" | "getColumnsV2"
>;
type Fields = ReturnType<typeof responseFields>;

/** The calls about catalogs, schemas, tables and columns. An empty catalog is the default one. */
export function createCatalogCalls(stack: StackContext): CatalogCalls {
  const list = async <K extends string, T>(
    key: K,
    request: { sessionId: string },
    context: HandlerContext,
    read: () => Promise<T>,
  ): Promise<Fields & Record<K, T>> => {
    const { sessionId } = identify(stack, request.sessionId, context);
    // A computed key widens the type to an index signature, although K is one literal.
    const entry = { [key]: await abortable(read(), context.signal) } as Record<K, T>;
    return { ...responseFields(stack, sessionId), ...entry };
  };
  const { engine } = stack;
  return {
    // The request has no session: whoever may connect may see the catalogs' names.
    async getCataloges(_request, context) {
      hasToken(context);
      return { catalogResponses: [...(await abortable(engine.catalogs(), context.signal))] };
    },
    getSchemaNames: (r, context) => list("schemas", r, context, async () => [...(await engine.schemas())]),
    getSchemaNamesV2: (r, context) =>
      list("schemas", r, context, async () => [...(await engine.schemas(r.catalog || undefined))]),
    getTables: (r, context) => list("tables", r, context, async () => [...(await engine.tables(r.schema))]),
    getTablesV2: (r, context) =>
      list("tables", r, context, async () => [...(await engine.tables(r.schema, r.catalog || undefined))]),
    getColumns: (r, context) => list("fieldInfo", r, context, () => fields(stack, r.table, r.schema)),
    getColumnsV2: (r, context) => list("fieldInfo", r, context, () => fields(stack, r.table, r.schema, r.catalog)),
  };
}

async function fields(
  { engine }: StackContext,
  table: string,
  schema: string,
  catalog?: string,
): Promise<{ fieldName: string; fieldType: string }[]> {
  const columns = await engine.columns(table, schema, catalog || undefined);
  return columns.map(({ name, type }) => ({ fieldName: name, fieldType: type }));
}
