import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:http2";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodTrailers } from "../test/good-answer.ts";
import { batchBytes, framedBatch } from "../test/matrix/messages.ts";
import { connectRaw, emptyMessage } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const mebibyte = 1024 * 1024;
const piece = 64 * 1024;
const answer = framedBatch();

let blue: ScriptedUpstream;
let gateway: Gateway;
/** How much of the answer the stack has got rid of. */
let sent: number;

beforeAll(async () => {
  blue = await startUpstream("blue", {
    batch: async (stream) => {
      sent = 0;
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      for (let start = 0; start < answer.length; start += piece) {
        await new Promise((resolve) => stream.write(answer.subarray(start, start + piece), resolve));
        sent = start;
      }
      stream.end();
    },
  });
  gateway = await startGateway({ blue, green: blue, concurrency: 1 });
});

afterAll(async () => {
  await gateway?.close();
  await blue?.close();
});

const headers = { "content-type": "application/grpc-web+proto", "x-script": "batch" };

/** Asks for the batch, and waits until its answer has begun. */
const readers = {
  h1: async () => {
    const outgoing = request(`${gateway.url}/QueryEngineService/getNextResultBatch`, { method: "POST", headers });
    outgoing.end(emptyMessage);
    const [incoming] = await once(outgoing, "response");
    return incoming;
  },
  h2: async () => {
    const session = connect(gateway.url);
    const path = "/QueryEngineService/getNextResultBatch";
    const stream = session.request({ ":method": "POST", ":path": path, ...headers });
    stream.end(emptyMessage);
    await once(stream, "response");
    stream.once("close", () => session.close());
    return stream;
  },
};

/** How much memory the gateway has had at most, in bytes. */
async function peakMemory(): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Lets the gateway do all that it can do: it has one thread, and each of these calls waits for its turn. */
async function letGatewayWork(): Promise<void> {
  await using raw = await connectRaw(gateway.url);
  for (let count = 0; count < 200; count += 1) {
    await raw.call({ ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto" });
  }
}

describe("an answer of 64 MiB", () => {
  it.each(Object.entries(readers))("waits in the stack for a slow reader, and comes whole: %s", async (_, read) => {
    const before = await peakMemory();
    const incoming = await read();
    await letGatewayWork();
    expect(sent).toBeLessThan(batchBytes / 2);
    // Not by `toEqual`, which takes minutes for so much.
    expect((await buffer(incoming)).equals(Buffer.concat([answer, goodTrailers]))).toBe(true);
    expect((await peakMemory()) - before).toBeLessThan(32 * mebibyte);
  });
});
