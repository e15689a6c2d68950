import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type TestAuthority } from "../test/certificates.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const stack = new AsyncDisposableStack();
let authority: TestAuthority;
let blue: ScriptedUpstream;

beforeAll(async () => {
  authority = stack.use(await createAuthority("an authority"));
  blue = stack.use(await startUpstream("blue", {}));
});

afterAll(() => stack.disposeAsync());

/** A gateway that is impatient in one respect. */
function start(config: object, listener: object = {}): Promise<Gateway> {
  const addresses = [{ port: blue.port }];
  return startGateway({
    config: {
      stacks: { blue: { addresses }, green: { addresses } },
      listener: { port: 0, origins: [], ...listener },
      admin: { port: 0 },
      concurrency: 1,
      ...config,
    },
  });
}

/** Connects without any protocol, and says so much. */
async function say({ port }: Gateway, words: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(words);
  return socket;
}

// Each of these waits for a time-out of a tenth of a second; without it, for the test's own.
describe("a gateway waits no longer than it says", () => {
  it("for the headers of a request", async () => {
    await using gateway = await start({ timeouts: { requestHeaders: "100ms" } });
    const socket = await say(gateway, "POST /QueryEngineService/status HTTP/1.1\r\nhost: gateway\r\nx-");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("for the rest of a request", async () => {
    const before = blue.calls.length;
    await using gateway = await start({ timeouts: { requestHeaders: "100ms", request: "100ms" } });
    const session = connectHttp2(gateway.url);
    const call = session.request({
      ":method": "POST",
      ":path": "/QueryEngineService/status",
      "content-type": "application/grpc-web+proto",
    });
    call.write(new Uint8Array([0, 0]));
    const [headers] = await once(call, "response");
    session.destroy();
    expect(headers).toMatchObject({ ":status": 200, "grpc-status": "4", "x-e6-reason": "GATEWAY_TIMEOUT" });
    expect(blue.calls.length).toBe(before);
  });

  it("for the TLS of a connection", async () => {
    const { certificateFile, keyFile } = await authority.issue("listener");
    await using gateway = await start({ timeouts: { handshake: "100ms" } }, { tls: { certificateFile, keyFile } });
    const socket = await say(gateway, "");
    expect(await text(socket)).toBe("");
  });

  it("for a call on a connection that has none", async () => {
    await using gateway = await start({ timeouts: { idleConnection: "1s" } });
    const session = connectHttp2(gateway.url);
    await once(session, "connect");
    await once(session, "close");
    expect(session.closed).toBe(true);
  });

  it("for a connection to a stack", async () => {
    // It takes connections, and never says a word of TLS.
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const addresses = [{ port: typeof address === "object" ? address?.port : 0 }];
    const tls = { caFile: authority.caFile, serverName: "localhost" };
    const stacks = { blue: { addresses, tls, healthCheck: { kind: "none" } }, green: { addresses } };
    await using gateway = await start({ stacks, timeouts: { connect: "100ms" } });
    const answer = await fetch(`${gateway.url}/QueryEngineService/status`, {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto" },
      body: new Uint8Array(5),
    });
    expect(answer.headers.get("x-e6-reason")).toBe("NO_HEALTHY_UPSTREAM");
    silent.close();
  });
});

describe("a gateway has room for so many connections", () => {
  it("as it says, and closes what comes beyond", async () => {
    await using gateway = await start({ limits: { connections: 2 } });
    const kept = await Promise.all([say(gateway, ""), say(gateway, "")]);
    // Envoy has counted both once it answers on them.
    for (const socket of kept) {
      socket.write("GET / HTTP/1.1\r\nhost: gateway\r\n\r\n");
      await once(socket, "data");
    }
    const beyond = await say(gateway, "GET / HTTP/1.1\r\nhost: gateway\r\n\r\n");
    expect(await text(beyond).catch(() => "")).toBe("");
    for (const socket of kept) {
      socket.destroy();
    }
  });
});
