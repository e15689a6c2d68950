import type { OutgoingHttpHeaders } from "node:http2";
import { createServer } from "node:net";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { QueryEngineService } from "e6data-web/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badAnswers, bareStatusForms } from "../test/bad-answers.ts";
import { connectRaw, type RawConnection } from "../test/raw-call.ts";
import { type Script, type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { exposedHeaders } from "./cors.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const page = "http://localhost:3000";
const forms = Object.keys(bareStatusForms);

let blue: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

beforeAll(async () => {
  blue = await startUpstream("blue", { ...badAnswers, ...bareStatuses(456), ...bareStatuses(503) });
  gateway = await startGateway({ blue: { port: blue.port }, green: { port: await deadPort() } });
  raw = await connectRaw(gateway.url);
});

afterAll(async () => {
  await raw?.[Symbol.asyncDispose]();
  await gateway?.close();
  await blue?.close();
});

/** Scripts named by the status and the form: `456 a text`. */
function bareStatuses(status: number): Record<string, Script> {
  return Object.fromEntries(
    Object.entries(bareStatusForms).map(([form, script]) => [`${status} ${form}`, script(status)]),
  );
}

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A call of gRPC-Web as a page makes it, over HTTP/1.1 by Connect's transport. */
async function webError(headers: Record<string, string>): Promise<ConnectError> {
  const send: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries({ origin: page, ...headers })) {
      request.header.set(name, value);
    }
    return next(request);
  };
  const transport = createGrpcWebTransport({ baseUrl: gateway.url, interceptors: [send] });
  try {
    await createClient(QueryEngineService, transport).status({});
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("the call did not fail");
}

const webCall = (headers: OutgoingHttpHeaders, body?: Uint8Array) =>
  raw.call(
    { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto", origin: page, ...headers },
    body,
  );

const nativeCall = (headers: OutgoingHttpHeaders, body?: Uint8Array) =>
  raw.call(
    { ":path": "/QueryEngineService/status", "content-type": "application/grpc", te: "trailers", ...headers },
    body,
  );

/** Checks that a gRPC-Web caller got a typed error that a page can read. */
async function expectWebError(headers: Record<string, string>, code: Code, e6: Record<string, string>): Promise<void> {
  const error = await webError(headers);
  expect.soft(Code[error.code]).toBe(Code[code]);
  expect.soft(Object.fromEntries(Object.keys(e6).map((name) => [name, error.metadata.get(name)]))).toEqual(e6);
  const answer = await webCall(headers);
  expect.soft(answer.status).toBe(200);
  expect.soft(answer.body.length).toBe(0);
  expect.soft(answer.headers["content-type"]).toBe("application/grpc-web+proto");
  expect.soft(answer.headers["grpc-status"]).toBe(String(code));
  expect.soft(answer.headers).toMatchObject(e6);
  expect.soft(answer.headers["access-control-allow-origin"]).toBe(page);
  expect.soft(answer.headers["access-control-expose-headers"]).toBe(exposedHeaders.join(","));
}

describe("startGateway(): bare 456 and 503 of a stack", () => {
  it.each(forms)("tells a gRPC-Web caller of a 456 with %s", async (form) => {
    await expectWebError({ strategy: "blue", "x-script": `456 ${form}` }, Code.FailedPrecondition, {
      "x-e6-reason": "STRATEGY_MISMATCH",
      "x-e6-retry-safe": "true",
      "x-e6-active-strategy": "blue",
      "x-e6-upstream-status": "456",
    });
  });

  it.each(forms)("tells a gRPC-Web caller of a 503 with %s", async (form) => {
    await expectWebError({ strategy: "blue", "x-script": `503 ${form}` }, Code.Unavailable, {
      "x-e6-reason": "CLUSTER_SUSPENDED",
      "x-e6-retry-safe": "true",
      "x-e6-active-strategy": "blue",
      "x-e6-upstream-status": "503",
    });
  });

  it.each(forms)("gives a native gRPC caller the raw status with %s", async (form) => {
    const mismatch = await nativeCall({ strategy: "blue", "x-script": `456 ${form}` });
    const suspended = await nativeCall({ strategy: "blue", "x-script": `503 ${form}` });
    expect([mismatch.status, suspended.status]).toEqual([456, 503]);
    expect(mismatch.headers).not.toHaveProperty("grpc-status");
    expect(mismatch.headers).not.toHaveProperty("x-e6-reason");
  });
});

describe("startGateway(): other bad answers of a stack", () => {
  it("tells of a page with HTTP 200", async () => {
    const e6 = { "x-e6-reason": "UPSTREAM_NOT_GRPC", "x-e6-retry-safe": "false", "x-e6-upstream-status": "200" };
    await expectWebError({ "x-script": "page-200" }, Code.Unknown, e6);
    expect((await webError({ "x-script": "page-200" })).rawMessage).not.toContain("<html>");
  });

  it("tells of a page with HTTP 502", async () => {
    const e6 = { "x-e6-reason": "UPSTREAM_HTTP_502", "x-e6-retry-safe": "false", "x-e6-upstream-status": "502" };
    await expectWebError({ "x-script": "page-502" }, Code.Unavailable, e6);
  });

  it("follows no redirection, and hands none on", async () => {
    await expectWebError({ "x-script": "page-302" }, Code.Unknown, { "x-e6-reason": "UPSTREAM_HTTP_302" });
    expect((await webCall({ "x-script": "page-302" })).headers).not.toHaveProperty("location");
  });

  it("hands on an engine's own error as it is", async () => {
    const error = await webError({ "x-script": "engine-error" });
    expect(Code[error.code]).toBe("Unknown");
    expect(error.rawMessage).toBe("the engine's own words, with status: 456");
    expect(error.metadata.get("x-e6-reason")).toBeNull();
  });

  it("tells of a call that the stack dropped, and that it may have been done", async () => {
    const e6 = { "x-e6-reason": "UPSTREAM_RESET", "x-e6-retry-safe": "false", "x-e6-upstream-status": "0" };
    await expectWebError({ "x-script": "reset" }, Code.Unavailable, e6);
    const before = blue.calls.length;
    await webCall({ "x-script": "reset" });
    // Once: a second try would run a statement twice.
    expect(blue.calls.length).toBe(before + 1);
  });

  it("makes no good answer of one that lacks its trailers", async () => {
    expect((await webCall({ "x-script": "no-trailers" })).body.length).toBe(5);
    expect((await webError({ "x-script": "no-trailers" })).rawMessage).toBe("missing trailer");
  });

  it("resets an answer that the stack dropped midway", async () => {
    expect((await webCall({ "x-script": "reset-midway" })).resetCode).not.toBe(0);
    await expect(webError({ "x-script": "reset-midway" })).resolves.toBeInstanceOf(ConnectError);
  });
});

describe("startGateway(): its own errors", () => {
  it("tells that a stack is down", async () => {
    await expectWebError({ strategy: "green" }, Code.Unavailable, {
      "x-e6-reason": "NO_HEALTHY_UPSTREAM",
      "x-e6-retry-safe": "true",
      "x-e6-active-strategy": "blue",
      "x-e6-upstream-status": "0",
    });
    const native = await nativeCall({ strategy: "green" });
    expect([native.status, native.headers["grpc-status"]]).toEqual([200, String(Code.Unavailable)]);
  });

  it("tells so to each of many calls, of which only a few are tried again", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => webCall({ strategy: "green" })));
    expect(new Set(answers.map(({ headers }) => headers["x-e6-reason"]))).toEqual(new Set(["NO_HEALTHY_UPSTREAM"]));
  });

  it("ends a call at the caller's own deadline", async () => {
    const answer = await webCall({ "x-script": "hold", "grpc-timeout": "20m" });
    blue.release();
    expect(answer.headers).toMatchObject({
      "grpc-status": String(Code.DeadlineExceeded),
      "x-e6-reason": "GATEWAY_TIMEOUT",
      "x-e6-retry-safe": "false",
      "access-control-allow-origin": page,
    });
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

  it("refuses a request that is too large", async () => {
    const answer = await webCall({}, new Uint8Array(6 * 1024 * 1024));
    expect(answer.headers).toMatchObject({
      "grpc-status": String(Code.ResourceExhausted),
      "x-e6-reason": "REQUEST_TOO_LARGE",
    });
  });
});

describe("startGateway(): the gate", () => {
  const unknown = { "x-e6-reason": "NO_ROUTE", "x-e6-retry-safe": "false", "grpc-status": String(Code.Unimplemented) };
  const invalid = {
    "x-e6-reason": "INVALID_STRATEGY",
    "x-e6-retry-safe": "false",
    "grpc-status": String(Code.InvalidArgument),
  };

  it.each([{}, { strategy: "blue" }])("refuses a method that the schema does not know, with %o", async (headers) => {
    const web = await webCall({ ":path": "/QueryEngineService/nope", ...headers });
    const native = await nativeCall({ ":path": "/QueryEngineService/nope", ...headers });
    expect([web.status, native.status]).toEqual([200, 200]);
    expect(web.headers).toMatchObject({
      ...unknown,
      "content-type": "application/grpc-web+proto",
      "access-control-allow-origin": page,
    });
    expect(native.headers).toMatchObject({ ...unknown, "content-type": "application/grpc" });
  });

  it.each<[string, string | string[]]>([
    ["another colour", "yellow"],
    ["an empty value", ""],
    ["a part of a name", "bluegreen"],
    ["two in one line", "blue, green"],
    ["two in two lines", ["blue", "green"]],
    ["the same twice", ["blue", "blue"]],
  ])("refuses a strategy that is %s", async (_, strategy) => {
    const before = blue.calls.length;
    expect((await webCall({ strategy })).headers).toMatchObject({ ...invalid, "access-control-allow-origin": page });
    expect((await nativeCall({ strategy })).headers).toMatchObject(invalid);
    expect(blue.calls.length).toBe(before);
  });

  it("takes a strategy in any case", async () => {
    expect((await webCall({ strategy: "BLUE" })).headers["x-upstream"]).toBe("blue");
  });

  it.each([
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
    "application/grpc-web+json",
    "application/grpc-web+proto; charset=utf-8",
  ])("refuses %s, which it does not translate", async (type) => {
    const before = blue.calls.length;
    const answer = await webCall({ "content-type": type });
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.headers).toMatchObject({ ...unknown, "access-control-allow-origin": page });
    expect(blue.calls.length).toBe(before);
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
    const path = { ":method": method, ":path": "/QueryEngineService/status" };
    for (const strategy of [{}, { strategy: "blue" }]) {
      expect((await raw.call({ ...path, ...strategy })).status).toBe(404);
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
    expect(blue.calls.length).toBe(before);
  });

  it.each(["https://evil.test", "http://localhost.evil.test", "http://evil.test:3000", "https://localhost", "null"])(
    "gives a page of %s nothing to read",
    async (origin) => {
      const before = blue.calls.length;
      const answer = await preflight(origin);
      expect([answer.status, answer.body.length]).toEqual([200, 0]);
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
      expect(blue.calls.length).toBe(before);
      expect((await webCall({ origin })).headers).not.toHaveProperty("access-control-allow-origin");
    },
  );
});

describe("the Lua filters", () => {
  // Last of all: Envoy lets a call pass whose filter failed, so that nobody would notice.
  it("have failed on no call of these tests", async () => {
    const stats = await (await fetch(`${gateway.adminUrl}/stats?filter=lua`)).text();
    expect(stats).toMatch(/error_map\.errors: 0\n/);
    expect(stats).toMatch(/state_gate\.errors: 0\n/);
    expect(stats).toMatch(/state_gate\.executions: [1-9]\d{3}/);
  });
});
