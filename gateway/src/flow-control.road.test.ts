import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { framed } from "../test/frame.ts";
import { goodBody } from "../test/good-answer.ts";
import { connectRaw } from "../test/raw-call.ts";
import { type Script, type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { Admin } from "./admin.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const headers = { ":path": "/QueryEngineService/getNextResultBatch", "content-type": "application/grpc-web+proto" };
const mebibyte = 1024 * 1024;
/** Larger than all that is buffered on the way. */
const batch = framed(new Uint8Array(16 * mebibyte));
const readers = 40;
/** Envoy's counter of bytes that blue has sent. */
const received = "cluster.e6_blue.upstream_cx_rx_bytes_total";

/** An answer of which nothing is read arrives until every buffer is full. */
const large: Script = (stream, upstream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc", "x-upstream": upstream.name });
  stream.end(batch);
};

let blue: ScriptedUpstream;
let gateway: Gateway;
const idle: ClientHttp2Session[] = [];

beforeAll(async () => {
  blue = await startUpstream("blue", { large });
  // One thread: all callers share the connection to the stack.
  gateway = await startGateway({ blue, green: blue, concurrency: 1 });
});

afterAll(async () => {
  for (const session of idle) {
    session.destroy();
  }
  await gateway?.close();
  await blue?.close();
});

/** Asks for a large answer on a connection of its own and reads nothing of it. */
async function askAndSleep(): Promise<void> {
  const session = connect(gateway.url);
  session.on("error", () => undefined);
  idle.push(session);
  const stream = session.request({ ":method": "POST", ...headers, "x-script": "large" });
  // Destroyed in the middle at the end.
  stream.on("error", () => undefined);
  stream.end(framed(new Uint8Array()));
  await once(stream, "response");
}

describe("the gateway's flow control", () => {
  it("lets callers who read nothing hold up nobody else", async () => {
    await Promise.all(Array.from({ length: readers }, askAndSleep));
    const admin = new Admin(gateway.adminUrl);
    // Asked again while answers are on their way into the buffers: the first callers' fill more than this.
    while (Number((await admin.stats(`^${received}$`)).get(received)) < 12 * mebibyte);
    await using other = await connectRaw(gateway.url);
    for (let call = 0; call < 50; call += 1) {
      expect((await other.call(headers)).body).toEqual(goodBody);
    }
  });
});
