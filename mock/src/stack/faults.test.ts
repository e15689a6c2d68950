import { constants } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { rawCall } from "../../test/raw-call.ts";
import { createScriptedEngine } from "../../test/scripted-engine.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { createManualClock } from "../clock.ts";
import { startMock } from "../mock.ts";

const healthCheck = "/QueryEngineService/healthCheck";
const good = { user: "ada", password: "secret" };

describe("a fault on a stack", () => {
  it.each([
    ["http-456", 456, undefined, ""],
    ["http-456-text", 456, "text/plain", "strategy mismatch\n"],
    ["http-456-html", 456, "text/html", "<h1>456 Strategy Mismatch</h1>"],
    ["http-503", 503, undefined, ""],
    ["http-503-text", 503, "text/plain", "cluster is suspended\n"],
    ["http-503-html", 503, "text/html", "<h1>503 Service Unavailable</h1>"],
  ] as const)("%s is a bare HTTP answer", async (form, status, contentType, text) => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    mock.control.faults([{ rpc: "healthCheck", form }]);
    const answer = await rawCall(mock.blue.port, healthCheck);
    expect(answer.headers[":status"]).toBe(status);
    expect(answer.headers["content-type"]).toBe(contentType);
    expect(answer.headers["grpc-status"]).toBe(undefined);
    expect(answer.body.toString()).toContain(text);
    expect(mock.control.calls().at(-1)).toMatchObject({ outcome: { kind: "http", status } });
  });

  it.each([
    ["unknown-456", Code.Unknown, "status: 456"],
    ["invalid-argument-456", Code.InvalidArgument, "Status: 456, strategy mismatch"],
    ["unavailable-503", Code.Unavailable, "status: 503, cluster is suspended"],
    ["access-denied", Code.Internal, "Access denied"],
    ["unauthenticated", Code.Unauthenticated, "The access token has expired"],
  ] as const)("%s is a gRPC error", async (form, code, message) => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    using client = createStackClient(mock.blue.port);
    mock.control.faults([{ rpc: "healthCheck", form }]);
    const error = await client.engine.healthCheck({}).catch(ConnectError.from);
    expect(error).toMatchObject({ code, rawMessage: message });
    await client.engine.healthCheck({});
  });

  it("empty-session is a good sign-in without a session", async () => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    using client = createStackClient(mock.blue.port);
    mock.control.faults([{ rpc: "authenticate", form: "empty-session" }]);
    expect((await client.engine.authenticate(good)).sessionId).toBe("");
    expect((await client.engine.authenticate(good)).sessionId).not.toBe("");
  });

  it("drop-before cuts the connection before the engine sees the call, drop-answer after that", async () => {
    const engine = createScriptedEngine();
    await using mock = await startMock({ engine });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    mock.control.faults([{ rpc: "prepareStatement", form: "drop-before" }]);
    await expect(client.engine.prepareStatement({ sessionId, queryString: "a" })).rejects.toThrow(ConnectError);
    expect(engine.prepared).toEqual([]);
    mock.control.faults([{ rpc: "prepareStatement", form: "drop-answer" }]);
    await expect(client.engine.prepareStatement({ sessionId, queryString: "b" })).rejects.toThrow(ConnectError);
    expect(engine.prepared.map(({ sql }) => sql)).toEqual(["b"]);
    expect(mock.control.calls().slice(-2)).toMatchObject([{ outcome: { kind: "cut" } }, { outcome: { kind: "cut" } }]);
  });

  it("drop-mid sends the headers and a part of the message", async () => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    mock.control.faults([{ rpc: "getSchemaNames", form: "drop-mid" }]);
    const id = new TextEncoder().encode(sessionId);
    const body = Uint8Array.of(0, 0, 0, 0, id.length + 2, 0x0a, id.length, ...id);
    const answer = await rawCall(mock.blue.port, "/QueryEngineService/getSchemaNames", {}, body);
    expect(answer.headers[":status"]).toBe(200);
    const announced = answer.body.readUInt32BE(1) + 5;
    expect(answer.body.length).toBe(announced >> 1);
    expect(answer.trailers).toEqual({});
  });

  it("reset-mid cuts a fetch's stream in its batch and leaves the connection whole", async () => {
    const batch = new Uint8Array(1_000_000).fill(7);
    const engine = createScriptedEngine({ big: { batches: [batch, batch] } });
    await using mock = await startMock({ engine });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "big" });
    mock.control.faults([{ rpc: "getNextResultBatch", form: "reset-mid" }]);
    const cut = await client.engine.getNextResultBatch({ sessionId, queryId }).catch(ConnectError.from);
    expect(cut).toBeInstanceOf(ConnectError);
    const { resultBatch } = await client.engine.getNextResultBatch({ sessionId, queryId });
    expect(resultBatch.length).toBe(batch.length);
    // The first batch is lost: the cursor had moved.
    expect((await client.engine.getNextResultBatch({ sessionId, queryId })).resultBatch.length).toBe(0);
  });

  it("notes that the caller has left before its answer could be cut", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using mock = await startMock({ engine: createScriptedEngine({ slow: { until } }) });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "slow" });
    mock.control.faults([{ rpc: "getResultMetadata", form: "drop-mid" }]);
    const leaving = new AbortController();
    const { signal } = leaving;
    const call = client.engine.getResultMetadata({ sessionId, queryId }, { signal }).catch(ConnectError.from);
    await client.engine.status({ sessionId, queryId });
    leaving.abort();
    expect(await call).toMatchObject({ code: Code.Canceled });
    const outcome = () => mock.control.calls().find(({ rpc }) => rpc === "getResultMetadata")?.outcome;
    await expect.poll(outcome).toEqual({ kind: "left" });
  });

  it("reset-before resets the stream with an error", async () => {
    await using mock = await startMock({ engine: createScriptedEngine() });
    mock.control.faults([{ rpc: "healthCheck", form: "reset-before" }]);
    expect((await rawCall(mock.blue.port, healthCheck)).rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  it("delays a call by the injected clock", async () => {
    const time = createManualClock();
    const held = Promise.withResolvers<void>();
    const after = (ms: number, action: () => void) => {
      held.resolve();
      return time.after(ms, action);
    };
    await using mock = await startMock({ engine: createScriptedEngine(), clock: { now: time.now, after } });
    mock.control.faults([{ rpc: "healthCheck", delayMs: 500 }]);
    using client = createStackClient(mock.blue.port);
    let answered = false;
    const call = client.engine.healthCheck({}).then(() => {
      answered = true;
    });
    await held.promise;
    time.advance(499);
    // Another call goes by on the same connection meanwhile.
    await client.engine.authenticate(good);
    expect(answered).toBe(false);
    time.advance(1);
    await call;
    expect(answered).toBe(true);
  });
});
