import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodBody } from "../test/good-answer.ts";
import { createIdleCallers, largeAnswer } from "../test/idle-callers.ts";
import { connectRaw } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { Admin } from "./admin.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const headers = { ":path": "/QueryEngineService/getNextResultBatch", "content-type": "application/grpc-web+proto" };
const mebibyte = 1024 * 1024;
const readers = 40;
/** Envoy's counter of bytes that blue has sent. */
const received = "cluster.e6_blue.upstream_cx_rx_bytes_total";

let blue: ScriptedUpstream;
let gateway: Gateway;

beforeAll(async () => {
  blue = await startUpstream("blue", { large: largeAnswer });
  // One thread: all callers share the connection to the stack.
  gateway = await startGateway({ blue, green: blue, concurrency: 1 });
});

afterAll(async () => {
  await gateway?.close();
  await blue?.close();
});

describe("the gateway's flow control", () => {
  it("lets callers who read nothing hold up nobody else", async () => {
    using idle = createIdleCallers(gateway.url);
    await idle.add(readers);
    const admin = new Admin(gateway.adminUrl);
    // Asked again while answers are on their way into the buffers: the first callers' fill more than this.
    while (Number((await admin.stats(`^${received}$`)).get(received)) < 12 * mebibyte);
    await using other = await connectRaw(gateway.url);
    for (let call = 0; call < 50; call += 1) {
      expect((await other.call(headers)).body).toEqual(goodBody);
    }
  });
});
