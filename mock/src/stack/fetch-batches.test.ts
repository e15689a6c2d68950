import { once } from "node:events";
import { type ClientHttp2Stream, connect } from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GetNextResultBatchRequestSchema, GetNextResultBatchResponseSchema } from "e6data-web/proto";
import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "../../test/scripted-engine.ts";
import { createStackClient } from "../../test/stack-client.ts";
import type { Engine } from "../engine/engine.ts";
import { startMock } from "../mock.ts";

const good = { user: "ada", password: "secret" };
const megabyte = 1_000_000;

/** An engine whose statements have five batches of a megabyte, and which counts how many were asked for. */
function createCountingEngine(): Engine & { readonly asked: number } {
  const batches = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(megabyte).fill(byte));
  const engine = createScriptedEngine({ big: { batches } });
  let asked = 0;
  return {
    ...engine,
    get asked() {
      return asked;
    },
    async prepare(sql, namespace) {
      const statement = await engine.prepare(sql, namespace);
      return {
        ...statement,
        nextBatch() {
          asked += 1;
          return statement.nextBatch();
        },
      };
    },
  };
}

function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The message of an answer, read by the generated code. */
async function readAnswer(stream: ClientHttp2Stream) {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return fromBinary(GetNextResultBatchResponseSchema, Buffer.concat(chunks).subarray(5));
}

describe("fetchBatches()", () => {
  it("asks the engine for no further batch while the caller does not read the last one", async () => {
    const engine = createCountingEngine();
    await using mock = await startMock({ engine });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "big" });
    const request = create(GetNextResultBatchRequestSchema, { sessionId, queryId });
    const body = frame(toBinary(GetNextResultBatchRequestSchema, request));
    const slow = connect(`http://127.0.0.1:${mock.blue.port}`);
    const streams = [1, 2, 3, 4, 5].map(() => {
      const stream = slow.request({
        ":method": "POST",
        ":path": "/QueryEngineService/getNextResultBatch",
        "content-type": "application/grpc",
      });
      stream.end(body);
      return stream;
    });
    const [first] = streams;
    if (first) await once(first, "response");
    // What was sent before the ping has been read when it is answered; then another call has its turn.
    await new Promise((resolve) => slow.ping(resolve));
    await client.engine.status({ sessionId, queryId });
    expect(engine.asked).toBe(1);
    const answers = await Promise.all(streams.map(readAnswer));
    expect(answers.map(({ resultBatch }) => [resultBatch.length, resultBatch[0]])).toEqual(
      [1, 2, 3, 4, 5].map((byte) => [megabyte, byte]),
    );
    slow.destroy();
  });

  it("takes its turn again when a caller leaves without reading", async () => {
    const engine = createCountingEngine();
    await using mock = await startMock({ engine });
    using client = createStackClient(mock.blue.port);
    const { sessionId } = await client.engine.authenticate(good);
    const { queryId } = await client.engine.prepareStatement({ sessionId, queryString: "big" });
    const request = create(GetNextResultBatchRequestSchema, { sessionId, queryId });
    const slow = connect(`http://127.0.0.1:${mock.blue.port}`);
    const stream = slow.request({
      ":method": "POST",
      ":path": "/QueryEngineService/getNextResultBatch",
      "content-type": "application/grpc",
    });
    stream.end(frame(toBinary(GetNextResultBatchRequestSchema, request)));
    await once(stream, "response");
    const next = client.engine.getNextResultBatch(request);
    slow.destroy();
    // The batch under way is lost with its caller.
    expect((await next).resultBatch[0]).toBe(2);
    expect(mock.control.calls().find(({ rpc }) => rpc === "getNextResultBatch")?.outcome).toEqual({ kind: "left" });
  });
});
