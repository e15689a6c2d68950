import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "../../test/scripted-engine.ts";
import { accessDenied, createSignedInMock, failure, good } from "../../test/signed-in-mock.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { createEngine } from "../engine/duckdb-engine.ts";

type Given = Awaited<ReturnType<typeof createSignedInMock>>;

const wish = (...catalogs: unknown[]): string => JSON.stringify({ catalogs });

/** Asks until the change that was begun has ended. */
async function outcome({ client, sessionId }: Pick<Given, "client" | "sessionId">) {
  for (;;) {
    const { status, failures } = await client.engine.getAddCatalogsResponse({ sessionId });
    if (status !== "running")
      return { status, failures: failures.map(({ name, type, reason }) => [name, type, reason]) };
  }
}

describe("addCatalogs", () => {
  it("adds catalogs with their schemas, for every session on both stacks", async () => {
    await using given = await createSignedInMock({ engine: await createEngine({ scale: 0.001 }) });
    const { engine } = given.client;
    const { sessionId } = given;
    expect(await outcome(given)).toEqual({ status: "none", failures: [] });
    const json = wish({ name: "reports", type: "memory", schemas: ["daily", "weekly"] }, { name: "plain" });
    expect((await engine.addCatalogs({ sessionId, json })).sessionId).toBe(sessionId);
    expect(await outcome(given)).toEqual({ status: "success", failures: [] });
    given.mock.control.switch("green");
    using green = createStackClient(given.mock.green.port);
    const names = (await green.engine.getCataloges({})).catalogResponses.map(({ name, isDefault }) => [
      name,
      isDefault,
    ]);
    expect(names).toEqual([
      ["sample", true],
      ["plain", false],
      ["reports", false],
    ]);
    const there = { sessionId: (await green.engine.authenticate(good)).sessionId, catalog: "reports" };
    expect((await green.engine.getSchemaNamesV2(there)).schemas).toEqual(["daily", "weekly"]);
  });

  it("tells of each that failed by name, type and reason, and adds the others", async () => {
    await using given = await createSignedInMock({ engine: await createEngine({ scale: 0.001 }) });
    const { sessionId } = given;
    const json = wish(
      { name: "sample" },
      { name: "glue", type: "glue", url: "http://127.0.0.1:1" },
      { name: "urgent", url: "http://127.0.0.1:1" },
      [],
      { type: "memory" },
      { name: "odd", schemas: [7] },
      { name: "good", schemas: ["a", "a", "b"] },
      { name: "good" },
    );
    await given.client.engine.addCatalogs({ sessionId, json });
    expect(await outcome(given)).toEqual({
      status: "failed",
      failures: [
        ["sample", "CATALOG", expect.stringContaining("already exists")],
        ["glue", "CATALOG", expect.stringContaining('only catalogs of the type "memory"')],
        ["urgent", "CATALOG", expect.stringContaining('no "url"')],
        ["", "CATALOG", expect.stringContaining('a JSON object with a "name"')],
        ["", "CATALOG", expect.stringContaining('a JSON object with a "name"')],
        ["odd", "CATALOG", expect.stringContaining("a list of at most 100 names")],
        ["good.a", "SCHEMA", expect.stringContaining("already exists")],
        ["good", "CATALOG", expect.stringContaining("already exists")],
      ],
    });
    const { schemas } = await given.client.engine.getSchemaNamesV2({ sessionId, catalog: "good" });
    expect(schemas).toEqual(["a", "b"]);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["nothing", ""],
    ["no catalogs", "{}"],
    ["catalogs that are no list", '{"catalogs": {}}'],
    ["something beside", '{"catalogs": [], "more": 1}'],
    ["too many", wish(...Array(101).fill({ name: "c" }))],
  ])("refuses %s at once", async (_, json) => {
    await using given = await createSignedInMock();
    const { code } = await failure(given.client.engine.addCatalogs({ sessionId: given.sessionId, json }));
    expect(code).toBe(Code.InvalidArgument);
    expect((await outcome(given)).status).toBe("none");
  });

  it("is told of as running until it has ended, to its session alone, and the last change only", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({ engine: createScriptedEngine({}, promise) });
    const { engine } = given.client;
    const { sessionId } = given;
    await engine.addCatalogs({ sessionId, json: wish({ name: "slow" }) });
    expect((await engine.getAddCatalogsResponse({ sessionId })).status).toBe("running");
    const other = await engine.authenticate(good);
    expect((await engine.getAddCatalogsResponse({ sessionId: other.sessionId })).status).toBe("none");
    await engine.addCatalogs({ sessionId, json: wish({ name: "taken" }) });
    expect(await outcome(given)).toEqual({ status: "failed", failures: [["taken", "CATALOG", "it is taken"]] });
    resolve();
    await engine.healthCheck({});
    expect((await outcome(given)).status).toBe("failed");
  });

  it("needs a session or a token, and callers with a token share what came of it", async () => {
    await using given = await createSignedInMock();
    const { engine } = given.client;
    const calls = [engine.addCatalogs({ json: "{}" }), engine.refreshCatalogs({}), engine.getAddCatalogsResponse({})];
    for (const call of calls) expect(await failure(call)).toEqual(accessDenied);
    using client = createStackClient(given.mock.blue.port, { authorization: "Bearer abc" });
    await client.engine.addCatalogs({ json: wish() });
    expect((await outcome({ client, sessionId: "" })).status).toBe("success");
  });
});

describe("refreshCatalogs", () => {
  it("reads every catalog", async () => {
    await using given = await createSignedInMock({ engine: await createEngine({ scale: 0.001 }) });
    await given.client.engine.refreshCatalogs({ sessionId: given.sessionId });
    expect(await outcome(given)).toEqual({ status: "success", failures: [] });
  });
});

describe("syncSchemas", () => {
  it("finds out whether catalog and schema are there", async () => {
    await using given = await createSignedInMock({ engine: await createEngine({ scale: 0.001 }) });
    const { engine } = given.client;
    await engine.syncSchemas({ catalog: "sample", database: "tpch" });
    await engine.syncSchemas({ database: "sales", isReplace: true });
    await engine.syncSchemas({ catalog: "sample" });
    for (const absent of [{ catalog: "nowhere" }, { catalog: "sample", database: "nowhere" }]) {
      const { code, message } = await failure(engine.syncSchemas(absent));
      expect([code, message]).toEqual([Code.InvalidArgument, expect.stringContaining("nowhere")]);
    }
    using client = createStackClient(given.mock.blue.port, { authorization: "Bearer expired" });
    expect((await failure(client.engine.syncSchemas({ catalog: "sample" }))).code).toBe(Code.Unauthenticated);
  });
});
