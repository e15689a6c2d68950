import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { createGate } from "../../test/open-connection.ts";
import { openKysely } from "../../test/open-kysely.ts";

/** A database with a catalog: by schema the names of its tables, each with one column. */
function openCatalog(catalog: Readonly<Record<string, readonly string[]>>, options = {}) {
  const open = openKysely(options);
  open.gateway.overrides = {
    getSchemaNames: () => ({ schemas: Object.keys(catalog) }),
    getSchemaNamesV2: ({ catalog: name }) => ({ schemas: [`of ${name}`] }),
    getTables: ({ schema }) => ({ tables: [...(catalog[schema] ?? [])] }),
    getTablesV2: ({ schema }) => ({ tables: [...(catalog[schema] ?? [])] }),
    getColumnsV2: ({ table }) => ({ fieldInfo: [{ fieldName: `${table}_id`, fieldType: "LONG" }] }),
    getColumns: ({ table }) => ({ fieldInfo: [{ fieldName: `${table}_id`, fieldType: "LONG" }] }),
  };
  return open;
}

const table = (schema: string, name: string) => ({
  schema,
  name,
  isView: false,
  isForeign: false,
  columns: [
    { name: `${name}_id`, dataType: "LONG", isNullable: true, isAutoIncrementing: false, hasDefaultValue: false },
  ],
});

describe("db.introspection", () => {
  it("tells the schemas, of the catalog that is asked for", async () => {
    expect(await openCatalog({ a: [], b: [] }).db.introspection.getSchemas()).toEqual([{ name: "a" }, { name: "b" }]);
    const { db } = openCatalog({}, { catalog: "lake" });
    expect(await db.introspection.getSchemas()).toEqual([{ name: "of lake" }]);
  });

  it("asks for nothing outside of its catalog, nor longer than it may", async () => {
    const { gateway, runtime, db } = openCatalog({ "of lake": ["x"] }, { catalog: "lake", timeoutMs: 30_000 });
    const limits: (readonly number[])[] = [];
    gateway.intercept = () => void limits.push(runtime.sleeping);
    expect(await db.introspection.getTables()).toEqual([table("of lake", "x")]);
    const [, ...calls] = gateway.calls;
    expect(calls.map(({ rpc, message }) => `${rpc} ${Reflect.get(message, "catalog")}`)).toEqual([
      "getSchemaNamesV2 lake",
      "getTablesV2 lake",
      "getColumnsV2 lake",
    ]);
    expect(limits.slice(1)).toEqual(calls.map(() => [30_000]));
  });

  it("tells the tables of every schema with their columns, in order", async () => {
    const { gateway, db } = openCatalog({ a: ["x", "y"], b: [], c: ["x"] });
    const gate = createGate();
    // The answer about the first table comes last.
    gateway.overrides.getColumns = async ({ schema, table }) => {
      if (schema === "c") gate.open();
      else await gate.passed;
      return { fieldInfo: [{ fieldName: `${table}_id`, fieldType: "LONG" }] };
    };
    expect(await db.introspection.getTables()).toEqual([table("a", "x"), table("a", "y"), table("c", "x")]);
  });

  it("reads no schema that is not asked for", async () => {
    const { gateway, db } = openCatalog({ a: ["x"], b: ["y"] }, { introspectedSchemas: ["b"] });
    expect(await db.introspection.getTables()).toEqual([table("b", "y")]);
    expect(gateway.rpcsOf("blue")).not.toContain("getSchemaNames");
  });

  it("hides the tables of migrations unless they are asked for", async () => {
    const { db } = openCatalog({ a: ["kysely_migration", "kysely_migration_lock", "x"] });
    const names = async (withInternalKyselyTables: boolean) =>
      (await db.introspection.getTables({ withInternalKyselyTables })).map(({ name }) => name);
    expect(await names(false)).toEqual(["x"]);
    expect(await names(true)).toEqual(["kysely_migration", "kysely_migration_lock", "x"]);
  });

  it("makes six calls at a time, not one for each table", async () => {
    const { gateway, db } = openCatalog({ a: Array.from({ length: 40 }, (_, i) => `t${i}`) });
    let most = 0;
    gateway.intercept = () => {
      // The call that is asked about is not counted yet.
      most = Math.max(most, gateway.inFlight + 1);
      return undefined;
    };
    expect(await db.introspection.getTables()).toHaveLength(40);
    expect(most).toBe(6);
  });

  it("ends with the first failure", async () => {
    const { gateway, db } = openCatalog({ a: Array.from({ length: 40 }, (_, i) => `t${i}`) });
    gateway.overrides.getColumns = ({ table }) => {
      if (table === "t0") throw new ConnectError("no such table", Code.InvalidArgument);
      return { fieldInfo: [] };
    };
    await expect(db.introspection.getTables()).rejects.toMatchObject({ name: "E6Error", message: "no such table" });
    // As long as three calls take, none of the others goes on.
    for (const _call of [1, 2, 3]) await db.introspection.getSchemas();
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "getColumns").length).toBeLessThanOrEqual(6);
  });
});
