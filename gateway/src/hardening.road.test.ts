import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw, type RawConnection } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const page = "http://localhost:3000";
const stack = new AsyncDisposableStack();
let blue: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

beforeAll(async () => {
  blue = stack.use(
    await startUpstream("blue", {
      "500": (stream) => stream.respond({ ":status": 500 }, { endStream: true }),
      dead: (stream) => stream.session?.destroy(),
    }),
  );
  gateway = stack.use(
    await start({
      admin: { port: 0, allowDrain: true },
      limits: { requestBody: "64KiB", requestHeaders: "4KiB", requestHeaderCount: 24, callsPerStack: 2 },
      timeouts: { silence: "300ms" },
    }),
  );
  raw = stack.use(await connectRaw(gateway.url));
});

afterAll(() => stack.disposeAsync());

/** A gateway that asks nothing of its stacks, so that their calls can be counted. */
function start(config: object): Promise<Gateway> {
  const stackSettings = { addresses: [{ port: blue.port }], healthCheck: { kind: "none" } };
  return startGateway({
    config: {
      stacks: { blue: stackSettings, green: stackSettings },
      listener: { port: 0, origins: [page] },
      admin: { port: 0 },
      concurrency: 1,
      ...config,
    },
  });
}

const path = "/QueryEngineService/status";
const call = (headers: Record<string, string> = {}, body?: Uint8Array) =>
  raw.call({ ":path": path, "content-type": "application/grpc-web+proto", origin: page, ...headers }, body);

describe("the limits", () => {
  it("are those of the configuration", async () => {
    expect((await call()).headers).toMatchObject({ "x-upstream": "blue" });
    const large = await call({}, new Uint8Array(256 * 1024));
    expect(large.headers).toMatchObject({ "x-e6-reason": "REQUEST_TOO_LARGE", "grpc-status": "8" });
    const held = [call({ "x-script": "hold" }), call({ "x-script": "hold" })];
    await blue.untilHeld(2);
    expect((await call()).headers).toMatchObject({ "x-e6-reason": "OVERLOADED", "x-e6-retry-safe": "true" });
    blue.release();
    await Promise.all(held);
  });

  it("end a call that is silent for longer than is allowed", async () => {
    const answer = await call({ "x-script": "hold" });
    blue.release();
    expect(answer.headers).toMatchObject({ "x-e6-reason": "GATEWAY_TIMEOUT", "grpc-status": "4" });
  });

  it("end a call that takes longer than any may, whatever its caller would wait", async () => {
    await using impatient = await start({ timeouts: { call: "100ms" } });
    await using other = await connectRaw(impatient.url);
    const headers = { ":path": path, "content-type": "application/grpc-web+proto", "x-script": "hold" };
    for (const patience of [{}, { "grpc-timeout": "1H" }]) {
      const answer = await other.call({ ...headers, ...patience });
      blue.release();
      expect(answer.headers).toMatchObject({ "x-e6-reason": "GATEWAY_TIMEOUT", "grpc-status": "4" });
    }
  });

  it.each<[string, Record<string, string>]>([
    ["are too large", { "x-large": "x".repeat(8192) }],
    ["are too many", Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x-many-${index}`, "1"]))],
    ["have an underscore", { x_y: "1" }],
  ])("let no request through whose headers %s", async (_, headers) => {
    const before = blue.calls.length;
    await using other = await connectRaw(gateway.url);
    const answer = await other.call({ ":path": path, "content-type": "application/grpc-web+proto", ...headers });
    expect(answer.headers["x-upstream"]).toBeUndefined();
    expect(answer.status === 0 || answer.status >= 400).toBe(true);
    expect(blue.calls.length).toBe(before);
  });
});

describe("paths", () => {
  it.each([
    ...["//QueryEngineService/status", "/x/../QueryEngineService/status", "/QueryEngineService/./status"],
    ...["/QueryEngineService%2Fstatus", "/QueryEngineService%2fstatus", "/x%5C..%5CQueryEngineService/status"],
    ...["/QueryEngineService/%73tatus", "/QueryEngineService/status%00", "/queryengineservice/status"],
    ...["/QueryEngineService/status?a=b", "/QueryEngineService/status?"],
  ])("have one spelling: %s is no method, and its caller is told so", async (spelling) => {
    const before = blue.calls.length;
    expect((await call({ ":path": spelling })).headers).toMatchObject({
      "grpc-status": "12",
      "x-e6-reason": "NO_ROUTE",
    });
    expect(blue.calls.length).toBe(before);
  });
});

describe("a request that is no good HTTP", () => {
  it("ends alone: other calls on its connection go on", async () => {
    const held = call({ "x-script": "hold" });
    await blue.untilHeld(1);
    // Node itself lets no bad name through; a space around a path it does.
    expect((await call({ ":path": "/QueryEngineService/ status" })).resetCode).not.toBe(0);
    blue.release();
    expect((await held).headers["x-upstream"]).toBe("blue");
  });
});

describe("native gRPC over HTTP/1.1", () => {
  it("is refused before a stack is asked: its caller could not be told how the call ended", async () => {
    const before = blue.calls.length;
    const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/grpc" } });
    expect(Object.fromEntries(answer.headers)).toMatchObject({ "grpc-status": "12", "x-e6-reason": "NO_ROUTE" });
    expect(blue.calls.length).toBe(before);
  });
});

describe("Envoy's own headers", () => {
  it("are not taken from callers: nobody makes it try an execute twice, or sooner give up", async () => {
    const before = blue.calls.length;
    const control = {
      "x-envoy-retry-on": "5xx",
      "x-envoy-retry-grpc-on": "internal",
      "x-envoy-max-retries": "5",
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-envoy-upstream-alt-stat-name": "mine",
      "x-script": "500",
    };
    expect((await call(control)).headers).toMatchObject({ "x-e6-reason": "UPSTREAM_HTTP_500" });
    expect(blue.calls.length).toBe(before + 1);
    const { "x-script": _, ...sent } = control;
    expect(Object.keys(blue.calls.at(-1) ?? {}).filter((name) => name in sent)).toEqual([]);
  });

  it("are not given to callers", async () => {
    const { headers } = await call();
    expect(Object.keys(headers).filter((name) => name.startsWith("x-envoy-"))).toEqual([]);
    expect(headers["server"]).toBe("gateway");
  });
});

describe("every answer", () => {
  it("is for the caller alone, and is what it says", async () => {
    const answers = [
      await call(),
      await call({ "x-script": "500" }),
      await call({ ":path": "/nope" }),
      await raw.call({ ":method": "GET", ":path": "/" }),
    ];
    for (const { headers } of answers) {
      expect.soft(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
      // In clear text a browser must not heed it.
      expect.soft(headers).not.toHaveProperty("strict-transport-security");
    }
  });
});

describe("Envoy's own interface", () => {
  it("takes what ends a gateway gently only where that is wanted, and nothing else that changes it", async () => {
    for (const other of [
      "/quitquitquit",
      "/stats/recentlookups/enable",
      "/reset_counters",
      "/logging?level=trace",
      "/runtime_modify?a=b",
      "/cpuprofiler",
    ]) {
      expect.soft((await fetch(gateway.adminUrl + other, { method: "POST" })).status).toBe(403);
    }
    await using plain = await start({});
    expect((await fetch(`${plain.adminUrl}/drain_listeners`, { method: "POST" })).status).toBe(403);
    expect((await fetch(`${gateway.adminUrl}/drain_listeners?graceful&skip_exit`, { method: "POST" })).status).toBe(
      200,
    );
  });
});
