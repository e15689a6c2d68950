import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "../test/scripted-engine.ts";
import { createStackClient } from "../test/stack-client.ts";
import { startMock } from "./mock.ts";

const good = { user: "ada", password: "secret" };

describe("startMock()", () => {
  it("answers a query from sign-in to clear on each stack", async () => {
    const engine = createScriptedEngine();
    await using mock = await startMock({ engine });
    using client = createStackClient(mock.blue.port, { strategy: "blue" });
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId, engineIP } = await client.engine.prepareStatementV2({
      sessionId,
      catalog: "sample",
      schema: "tpch",
      queryString: "select 1",
    });
    const request = { sessionId, queryId, engineIP };
    await client.engine.executeStatementV2({ ...request, params: [{ index: 0, type: "LONG", value: "7" }] });
    expect((await client.engine.getResultMetadata(request)).resultMetaData).toEqual(Uint8Array.of(0, 1));
    expect((await client.engine.getNextResultBatch(request)).resultBatch).toEqual(Uint8Array.of(1, 1, 1));
    expect((await client.engine.getNextResultBatch(request)).resultBatch).toEqual(Uint8Array.of(2, 2));
    expect((await client.engine.getNextResultBatch(request)).resultBatch).toEqual(new Uint8Array());
    await client.engine.clear(request);
    expect(engine.prepared).toEqual([{ sql: "select 1", namespace: { catalog: "sample", schema: "tpch" } }]);
    expect(engine.bound).toMatchObject([[{ index: 0, type: "LONG", value: "7" }]]);
    expect(engine.open).toBe(0);
  });
});
