import type { OutgoingHttpHeaders } from "node:http2";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadPort } from "../test/dead-port.ts";
import { connectRaw, type RawConnection } from "../test/raw-call.ts";
import { connectHttp1 } from "../test/raw-http1.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const page = "http://localhost:3000";

let blue: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

beforeAll(async () => {
  blue = await startUpstream("blue", {});
  gateway = await startGateway({ blue: { port: blue.port }, green: { port: await deadPort() } });
  raw = await connectRaw(gateway.url);
});

afterAll(async () => {
  await raw?.[Symbol.asyncDispose]();
  await gateway?.close();
  await blue?.close();
});

const path = "/QueryEngineService/status";

const webCall = (headers: OutgoingHttpHeaders) =>
  raw.call({ ":path": path, "content-type": "application/grpc-web+proto", origin: page, ...headers });

const nativeCall = (headers: OutgoingHttpHeaders) =>
  raw.call({ ":path": path, "content-type": "application/grpc", te: "trailers", ...headers });

describe("startGateway(): its own errors", () => {
  it("tells each of many calls that a stack is down, of which only a few are tried again", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => webCall({ strategy: "green" })));
    expect(new Set(answers.map(({ headers }) => headers["x-e6-reason"]))).toEqual(new Set(["NO_HEALTHY_UPSTREAM"]));
  });

  it("refuses calls beyond a thousand in flight to one stack", async () => {
    const held = Array.from({ length: 1000 }, () => nativeCall({ "x-script": "hold" }));
    await blue.untilHeld(1000);
    await using another = await connectRaw(gateway.url);
    const answer = await another.call({
      ":path": "/ClusterService/status",
      "content-type": "application/grpc-web+proto",
    });
    blue.release();
    expect(answer.headers).toMatchObject({ "grpc-status": String(Code.Unavailable), "x-e6-reason": "OVERLOADED" });
    expect((await Promise.all(held)).filter(({ trailers }) => trailers["grpc-status"] !== "0")).toEqual([]);
  });
});

describe("startGateway(): the gate", () => {
  it("takes a strategy in any case", async () => {
    expect((await webCall({ strategy: "BLUE" })).headers["x-upstream"]).toBe("blue");
  });

  it("answers those who speak no gRPC in words", async () => {
    const json = await fetch(`${gateway.url}/QueryEngineService/status`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    const browser = await fetch(gateway.url);
    expect([json.status, browser.status]).toEqual([415, 404]);
    expect([await json.text(), await browser.text()]).toEqual([
      expect.stringContaining("content type"),
      "no such method\n",
    ]);
  });
});

describe("startGateway(): how a call came", () => {
  const forged = { "x-e6-protocol": "HTTP/2 application/grpc" };

  it("is noted by Envoy, over what a caller says of it, and told the stack", async () => {
    await webCall(forged);
    expect(blue.calls.at(-1)).toMatchObject({ "x-e6-protocol": "HTTP/2 application/grpc-web+proto" });
  });

  it("decides what is served and in whose terms a refusal is, not what a caller says of it", async () => {
    for (const type of ["application/json", "text/html, application/grpc-web"]) {
      expect((await webCall({ ...forged, "content-type": type })).status).toBe(415);
    }
    const refused = await webCall({ ...forged, strategy: "green" });
    expect(refused.headers).toMatchObject({
      "x-e6-reason": "NO_HEALTHY_UPSTREAM",
      "content-type": "application/grpc-web+proto",
    });
  });

  it.each([webCall, nativeCall])("has a refusal name the active stack, for %o", async (call) => {
    for (const strategy of ["yellow", ["blue", "blue"]]) {
      const { headers } = await call({ strategy });
      expect(headers).toMatchObject({ "x-e6-reason": "INVALID_STRATEGY", "x-e6-active-strategy": "blue" });
    }
  });
});

describe("startGateway(): who asks for another protocol", () => {
  const upgrade = {
    ":method": "POST",
    ":path": path,
    host: "gateway.test",
    connection: "Upgrade",
    upgrade: "websocket",
  };

  it.each([
    ["application/grpc-web+proto", 200, { "x-upstream": "blue" }],
    ["application/grpc", 200, { "grpc-status": "12", "x-e6-reason": "NO_ROUTE" }],
    ["text/plain", 415, { "content-type": "text/plain" }],
  ])("is answered in this one: %s", async (type, status, headers) => {
    await using http1 = connectHttp1(gateway.url);
    const answer = await http1.call({ ...upgrade, "content-type": type });
    expect(answer).toMatchObject({ status, headers });
  });
});

describe("startGateway(): routes and CORS", () => {
  it("sends a call without a strategy to the active stack, and tells it so", async () => {
    const answer = await webCall({});
    expect(answer.headers["x-upstream"]).toBe("blue");
    expect(blue.calls.at(-1)).toMatchObject({ strategy: "blue" });
  });

  it("asks for messages without compression, whatever the caller asks for", async () => {
    await webCall({ "grpc-accept-encoding": "gzip" });
    expect(blue.calls.at(-1)?.["grpc-accept-encoding"]).toBe("identity");
  });

  it.each(["GET", "PUT", "OPTIONS"])("forwards no %s", async (method) => {
    const before = blue.calls.length;
    for (const strategy of [{}, { strategy: "blue" }]) {
      expect((await raw.call({ ":method": method, ":path": path, ...strategy })).status).toBe(404);
    }
    expect(blue.calls.length).toBe(before);
  });

  it("serves both services, native gRPC included", async () => {
    expect((await webCall({ ":path": "/ClusterService/status" })).headers["x-upstream"]).toBe("blue");
    const native = await nativeCall({ ":path": "/ClusterService/resume", strategy: "blue" });
    expect(native.trailers).toMatchObject({ "grpc-status": "0" });
  });

  it("hands on the headers of the protocol", async () => {
    const headers = { strategy: "blue", plannerip: "10.0.0.7", "cluster-name": "main", authorization: "Bearer t" };
    await webCall(headers);
    expect(blue.calls.at(-1)).toMatchObject(headers);
  });

  const preflight = (origin: string) =>
    raw.call({
      ":method": "OPTIONS",
      ":path": "/QueryEngineService/status",
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,strategy,x-grpc-web",
    });

  it("answers the preflight of a page of this machine", async () => {
    const before = blue.calls.length;
    const answer = await preflight(page);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": page,
      "access-control-allow-methods": "POST",
      "access-control-max-age": "7200",
    });
    expect(answer.headers["access-control-allow-headers"]?.split(",")).toEqual(
      expect.arrayContaining([
        "content-type",
        "x-grpc-web",
        "x-user-agent",
        "grpc-timeout",
        "strategy",
        "plannerip",
        "cluster-name",
        "authorization",
      ]),
    );
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    for (const name of ["x-e6-reason", "grpc-status", "content-type"]) expect(answer.headers).not.toHaveProperty(name);
    expect(blue.calls.length).toBe(before);
  });

  it.each(["https://evil.test", "http://localhost.evil.test", "http://evil.test:3000", "https://localhost", "null"])(
    "gives a page of %s nothing to read",
    async (origin) => {
      const before = blue.calls.length;
      const answer = await preflight(origin);
      expect([answer.status, answer.body.length]).toEqual([200, 0]);
      for (const name of ["access-control-allow-origin", "x-e6-reason", "grpc-status"]) {
        expect(answer.headers).not.toHaveProperty(name);
      }
      expect(blue.calls.length).toBe(before);
      expect((await webCall({ origin })).headers).not.toHaveProperty("access-control-allow-origin");
    },
  );
});

describe("the Lua filters", () => {
  // Last of all: Envoy lets a call pass whose filter failed, so that nobody would notice.
  it("have failed on no call of these tests", async () => {
    const stats = await (await fetch(`${gateway.adminUrl}/stats?filter=lua`)).text();
    for (const filter of ["error_map", "state_gate", "strategy_gate"]) {
      expect.soft(stats).toMatch(new RegExp(`${filter}\\.errors: 0\n`));
      expect.soft(stats).toMatch(new RegExp(`${filter}\\.executions: [1-9]`));
    }
  });
});
