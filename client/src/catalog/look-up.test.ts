import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import type { Runtime } from "../runtime.ts";
import { analyzeQuery, dryRun, readCatalogs, readColumns, readSchemas, readTables } from "./look-up.ts";
import type { CatalogContext } from "./new-work.ts";

/** The engine calls after the sign-in, with what they were asked. */
function asked({ calls }: ReturnType<typeof openAccess>["gateway"]) {
  return calls.filter(({ rpc }) => rpc !== "authenticate").map(({ rpc, request }) => [rpc, request]);
}

describe("readCatalogs()", () => {
  it("lists the catalogs and tells the default one", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.getCataloges = () => ({
      catalogResponses: [{ name: "sample", isDefault: true }, { name: "other" }],
    });
    expect(await readCatalogs(context)).toEqual([
      { name: "sample", isDefault: true },
      { name: "other", isDefault: false },
    ]);
  });

  it("signs in again where the session has gone", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.getSchemaNames = () => ({ schemas: ["a"] });
    let refusals = 0;
    gateway.intercept = (rpc) =>
      rpc === "getSchemaNames" && refusals++ === 0 ? trailersOnly(Code.Internal, "Access denied") : undefined;
    expect(await readSchemas(context)).toEqual(["a"]);
    expect(gateway.rpcsOf("blue")).toEqual(["authenticate", "authenticate", "getSchemaNames"]);
  });
});

describe("readSchemas(), readTables() and readColumns()", () => {
  it("ask by the first version of the calls where no catalog is named", async () => {
    const { gateway, context } = openAccess({ schema: "tpch" });
    gateway.overrides.getSchemaNames = () => ({ schemas: ["tpch"] });
    gateway.overrides.getTables = () => ({ tables: ["nation"] });
    gateway.overrides.getColumns = () => ({ fieldInfo: [{ fieldName: "n_name", fieldType: "STRING" }] });
    expect(await readSchemas(context)).toEqual(["tpch"]);
    expect(await readTables(context)).toEqual(["nation"]);
    expect(await readColumns(context, "nation")).toEqual([{ name: "n_name", type: "STRING" }]);
    expect(asked(gateway)).toMatchObject([
      ["getSchemaNames", { sessionId: "blue-session-1" }],
      ["getTables", { schema: "tpch" }],
      ["getColumns", { schema: "tpch", table: "nation" }],
    ]);
  });

  it("ask by the second version in the connection's catalog, or in another", async () => {
    const { gateway, context } = openAccess({ catalog: "sample", schema: "tpch" });
    gateway.overrides.getSchemaNamesV2 = () => ({ schemas: [] });
    gateway.overrides.getTablesV2 = () => ({ tables: [] });
    gateway.overrides.getColumnsV2 = () => ({ fieldInfo: [] });
    await readSchemas(context, { catalog: "other" });
    await readTables(context, { schema: "sales" });
    await readColumns(context, "store", { schema: "sales", catalog: "other" });
    expect(asked(gateway)).toMatchObject([
      ["getSchemaNamesV2", { catalog: "other" }],
      ["getTablesV2", { schema: "sales", catalog: "sample" }],
      ["getColumnsV2", { schema: "sales", table: "store", catalog: "other" }],
    ]);
  });

  it("name what is missing or wrong, before any call", async () => {
    const { gateway, context } = openAccess();
    await expect(readTables(context)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining('"schema"'),
    });
    await expect(readColumns(context, " ", { schema: "s" })).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    // JavaScript callers pass what they like.
    const wrong = [
      { schem: "s" },
      { schema: 1 },
      { schema: "s", timeoutMs: 0 },
      { schema: "s", signal: 1 },
    ] as object[];
    for (const options of wrong) {
      await expect(readTables(context, options)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
    expect(gateway.calls).toEqual([]);
  });
});

describe("dryRun()", () => {
  it("answers in the engine's words, by the version that the catalog asks for", async () => {
    const { gateway, context } = openAccess({ schema: "tpch" });
    gateway.overrides.dryRun = () => ({ dryrunValue: "first" });
    gateway.overrides.dryRunV2 = () => ({ dryrunValue: "second" });
    expect(await dryRun(context, "select 1")).toBe("first");
    expect(await dryRun(context, "select 1", { catalog: "sample" })).toBe("second");
    expect(asked(gateway)).toMatchObject([
      ["dryRun", { schema: "tpch", queryString: "select 1" }],
      ["dryRunV2", { schema: "tpch", queryString: "select 1", catalog: "sample" }],
    ]);
  });

  it("rejects with the engine's text for a wrong statement", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (rpc) => (rpc === "dryRun" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(dryRun(context, "selct")).rejects.toMatchObject({ code: "SQL_ERROR", message: "Parser Error" });
    await expect(dryRun(context, " ")).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  });
});

describe("analyzeQuery()", () => {
  it("hands the statement over with its names", async () => {
    const { gateway, context } = openAccess({ catalog: "sample", schema: "tpch" });
    gateway.overrides.analyzeQuery = () => ({});
    await analyzeQuery(context, "select 1", { schema: "sales" });
    expect(asked(gateway)).toMatchObject([["analyzeQuery", { query: "select 1", catalog: "sample", schema: "sales" }]]);
  });
});

describe("a call without a query", () => {
  it.each<[string, (context: CatalogContext) => Promise<unknown>]>([
    ["getCataloges", readCatalogs],
    ["getSchemaNames", readSchemas],
    ["getTables", readTables],
    ["getColumns", (context) => readColumns(context, "nation")],
    ["dryRun", (context) => dryRun(context, "select 1")],
    ["analyzeQuery", (context) => analyzeQuery(context, "select 1")],
  ])("goes where the active stack is: %s", async (rpc, call) => {
    const { gateway, context } = openAccess({ schema: "tpch" });
    Object.assign(gateway.overrides, { [rpc]: () => ({}) });
    await call(context);
    gateway.active = "green";
    await call(context);
    expect(gateway.rpcsOf("green")).toEqual(["authenticate", rpc]);
  });
});

describe("a call's limits", () => {
  it("end it by its signal", async () => {
    const { gateway, context } = openAccess();
    const controller = new AbortController();
    gateway.intercept = (rpc) => {
      if (rpc !== "getCataloges") return undefined;
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    await expect(readCatalogs(context, { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("end it by its time", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = () => new Promise<never>(() => undefined);
    await expect(readCatalogs(context, { timeoutMs: 10 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: expect.stringMatching(/\b10\b/),
    });
    expect(context.runtime).toMatchObject({ pauses: [10] });
  });

  it("end it with its connection", async () => {
    const { gateway, context, end } = openAccess();
    gateway.intercept = (rpc) => {
      if (rpc !== "getCataloges") return undefined;
      end.abort(new Error("closed"));
      return new Promise<never>(() => undefined);
    };
    // A signal of its own does not shield a call from the end of its connection.
    const { signal } = new AbortController();
    await expect(readCatalogs(context, { signal })).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(readCatalogs(context)).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("leave no timer behind", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.getCataloges = () => ({});
    const timers: AbortSignal[] = [];
    const runtime: Runtime = {
      ...context.runtime,
      sleep(milliseconds, signal) {
        timers.push(signal);
        return context.runtime.sleep(milliseconds, signal);
      },
    };
    await readCatalogs({ ...context, runtime }, { timeoutMs: 100_000 });
    expect(timers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("name the tries where no stack accepts", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (_rpc, stack) => refusal(stack === "blue" ? "green" : "blue");
    await expect(readCatalogs(context)).rejects.toMatchObject({ code: "NO_ACTIVE_STACK" });
  });
});
