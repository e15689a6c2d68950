import { once } from "node:events";
import { createServer } from "node:net";
import { ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { rawCall } from "../test/raw-call.ts";
import { createScriptedEngine } from "../test/scripted-engine.ts";
import { createStackClient } from "../test/stack-client.ts";
import { InputError } from "./input-error.ts";
import { startMock } from "./mock.ts";

const good = { user: "ada", password: "secret" };

describe("startMock()", () => {
  it("answers a query from sign-in to clear", async () => {
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
    const [first] = mock.control.calls();
    expect(first).toMatchObject({
      number: 1,
      stack: "blue",
      rpc: "authenticate",
      strategy: "blue",
      session: sessionId,
    });
    expect(mock.control.calls().at(-1)).toMatchObject({ rpc: "clear", session: sessionId, query: queryId });
  });

  it("sends no more rows in a batch than it is told", async () => {
    await using mock = await startMock({ scale: 0.001, batchRows: 10 });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({
      sessionId,
      schema: "tpch",
      queryString: "from range(25)",
    });
    await client.engine.executeStatement({ sessionId, queryId });
    const { resultBatches } = await client.engine.getNextResultBatchV2({ sessionId, queryId });
    expect(resultBatches).toHaveLength(3);
  });

  it("tells who watches of each call, with the fault that hit it, once it has ended", async () => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    const ended = Promise.withResolvers<unknown>();
    const unwatch = mock.control.watchCalls(ended.resolve);
    mock.control.faults([{ rpc: "healthCheck", delayMs: 1, form: "reset-answer" }]);
    await rawCall(mock.blue.port, "/QueryEngineService/healthCheck");
    expect(await ended.promise).toMatchObject({
      rpc: "healthCheck",
      fault: { delayMs: 1, form: "reset-answer" },
      outcome: { kind: "cut" },
    });
    unwatch();
  });

  it("takes a stack down with its sessions and queries, and up again on the same port", async () => {
    const engine = createScriptedEngine();
    await using mock = await startMock({ engine });
    const { port } = mock.blue;
    using client = createStackClient(port);
    const { sessionId } = await client.engine.authenticate(good);
    await client.engine.prepareStatement({ sessionId, queryString: "q" });
    await mock.control.setStack("blue", { up: false });
    expect(engine.open).toBe(0);
    await expect(client.engine.healthCheck({})).rejects.toThrow(ConnectError);
    await mock.control.setStack("blue", { up: true });
    expect(mock.blue.port).toBe(port);
    using again = createStackClient(port);
    await expect(again.engine.getSchemaNames({ sessionId })).rejects.toThrow("Access denied");
  });

  it("cuts the calls under way when a stack goes down", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using mock = await startMock({ engine: createScriptedEngine({ slow: { until } }) });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "slow" });
    const waiting = client.engine.getResultMetadata({ sessionId, queryId }).catch(ConnectError.from);
    await client.engine.status({ sessionId, queryId });
    await mock.control.setStack("blue", { up: false });
    expect(await waiting).toBeInstanceOf(ConnectError);
    expect(mock.control.calls().find(({ rpc }) => rpc === "getResultMetadata")?.outcome).toEqual({ kind: "left" });
  });

  it("shares nothing with another mock in the same process", async () => {
    await using one = await startMock({ engine: createScriptedEngine() });
    await using two = await startMock({ engine: createScriptedEngine(), active: "green" });
    one.control.suspend();
    one.control.faults([{ rpc: "*", form: "http-456", times: 9 }]);
    expect((await rawCall(two.green.port, "/QueryEngineService/healthCheck")).headers[":status"]).toBe(200);
    expect(one.control.calls()).toEqual([]);
    expect(two.control.calls()).toHaveLength(1);
  });

  it("records what the engine answers now, and answers with that from then on", async () => {
    await using mock = await startMock({ scale: 0.001 });
    await mock.record("select random()");
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const ask = async (queryString: string) => {
      const { queryId } = await client.engine.prepareStatement({ sessionId, queryString });
      await client.engine.executeStatement({ sessionId, queryId });
      return (await client.engine.getNextResultBatchV2({ sessionId, queryId })).resultBatches;
    };
    expect(await ask("select random()")).toEqual(await ask("select random()"));
    expect(await ask("select random() ")).not.toEqual(await ask("select random() "));
  });

  it("replays canned results, and sends everything else to the engine", async () => {
    const engine = createScriptedEngine();
    await using mock = await startMock({ engine });
    const metadata = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0);
    const batches = [Uint8Array.of(4, 5, 6), Uint8Array.of(7)];
    mock.replay("canned", { metadata, batches });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "canned" });
    const request = { sessionId, queryId };
    await client.engine.executeStatement(request);
    expect(await client.engine.status(request)).toMatchObject({ status: true, rowCount: 9n });
    expect((await client.engine.getResultMetadata(request)).resultMetaData).toEqual(metadata);
    expect((await client.engine.getNextResultBatchV2(request)).resultBatches).toEqual(batches);
    expect(engine.prepared).toEqual([]);
    await client.engine.prepareStatement({ sessionId, queryString: "canned " });
    expect(engine.prepared).toHaveLength(1);
  });

  it("says which port is taken, and leaves nothing behind", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const taken = typeof address === "object" && address ? address.port : 0;
    const engine = createScriptedEngine();
    await expect(startMock({ engine, controlPort: taken })).rejects.toThrow(
      new InputError(`Port ${taken} of 127.0.0.1 is taken: stop what listens there, or choose another port`),
    );
    expect(engine.disposed).toBe(true);
    other.close();
  });

  it("closes once, with its engine", async () => {
    const engine = createScriptedEngine();
    const mock = await startMock({ engine });
    await Promise.all([mock.close(), mock.close()]);
    expect(engine.disposed).toBe(true);
    await expect(fetch(`${mock.controlUrl}/state`)).rejects.toThrow();
  });
});
