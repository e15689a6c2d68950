import { describe, expect, it } from "vitest";
import { rawCall } from "../../test/raw-call.ts";
import { createScriptedEngine } from "../../test/scripted-engine.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { startMock } from "../mock.ts";

const start = () => startMock({ engine: createScriptedEngine() });
const authenticate = "/QueryEngineService/authenticate";
const clear = "/QueryEngineService/clear";

describe("a stack's load balancer", () => {
  it("answers new work on the inactive stack with a bare 456", async () => {
    await using mock = await start();
    const answer = await rawCall(mock.green.port, authenticate, { strategy: "green" });
    expect(answer.headers[":status"]).toBe(456);
    expect(answer.headers["grpc-status"]).toBe(undefined);
    expect(answer.trailers).toEqual({});
    expect(answer.body.length).toBe(0);
  });

  it("answers a header that names the other stack with a bare 456", async () => {
    await using mock = await start();
    const answer = await rawCall(mock.blue.port, authenticate, { strategy: "green" });
    expect(answer.headers[":status"]).toBe(456);
  });

  it("takes a call without the header for its own", async () => {
    await using mock = await start();
    const answer = await rawCall(mock.blue.port, authenticate);
    expect(answer.headers[":status"]).toBe(200);
    expect(answer.trailers["grpc-status"] ?? answer.headers["grpc-status"]).toBe("0");
  });

  it("answers everything but the cluster service with a bare 503 while the cluster is suspended", async () => {
    await using mock = await start();
    mock.control.suspend();
    for (const port of [mock.blue.port, mock.green.port]) {
      for (const path of [authenticate, clear, "/QueryEngineService/getNextResultBatch"]) {
        expect((await rawCall(port, path)).headers[":status"]).toBe(503);
      }
    }
    using client = createStackClient(mock.green.port, { strategy: "blue" });
    expect((await client.cluster.status({ user: "ada", password: "secret" })).status).toBe("suspended");
    mock.control.resume();
    expect((await rawCall(mock.blue.port, authenticate)).headers[":status"]).toBe(200);
  });

  it("lets a query be finished after a soft switch, and nothing after a hard one", async () => {
    await using mock = await start();
    mock.control.switch("green");
    expect((await rawCall(mock.blue.port, authenticate)).headers[":status"]).toBe(456);
    expect((await rawCall(mock.blue.port, clear)).headers[":status"]).toBe(200);
    mock.control.switch("blue");
    mock.control.switch("green", { hard: true });
    expect((await rawCall(mock.blue.port, clear)).headers[":status"]).toBe(456);
  });

  it("answers an unknown RPC with UNIMPLEMENTED, and what is no gRPC with a plain 404", async () => {
    await using mock = await start();
    const unknown = await rawCall(mock.blue.port, "/QueryEngineService/nope");
    expect([unknown.headers[":status"], unknown.headers["grpc-status"]]).toEqual([200, "12"]);
    const plain = await rawCall(mock.blue.port, "/", { "content-type": "text/plain" });
    expect(plain.headers[":status"]).toBe(404);
  });

  it("refuses a request that is too large, after the manners", async () => {
    await using mock = await startMock({ engine: createScriptedEngine(), maxRequestBytes: 1000 });
    const body = new Uint8Array(100_000);
    const refused = await rawCall(mock.blue.port, authenticate, {}, body);
    expect([refused.headers[":status"], refused.headers["grpc-status"]]).toEqual([200, "8"]);
    expect((await rawCall(mock.green.port, authenticate, {}, body)).headers[":status"]).toBe(456);
  });

  it.each([
    ["an empty body", new Uint8Array()],
    ["a frame that is cut short", Uint8Array.of(0, 0, 0, 0, 9, 1)],
    ["a message that is no protobuf", Uint8Array.of(0, 0, 0, 0, 2, 0xff, 0xff)],
    ["a compressed frame", Uint8Array.of(1, 0, 0, 0, 0)],
  ])("answers %s with a gRPC error, on fetches too", async (_, body) => {
    await using mock = await start();
    for (const path of [authenticate, "/QueryEngineService/getNextResultBatch"]) {
      const answer = await rawCall(mock.blue.port, path, {}, body);
      expect(answer.headers[":status"]).toBe(200);
      expect(Number(answer.trailers["grpc-status"] ?? answer.headers["grpc-status"])).toBeGreaterThan(0);
    }
  });
});
