import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ObservedGateway, startObserved } from "../test/observed-gateway.ts";
import { runFiles } from "./run-files.ts";

let runDir = "";

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "e6data-logs-"));
});

afterEach(async () => {
  await rm(runDir, { recursive: true });
});

/** Makes calls, ends the gateway, and reads what it has logged. */
async function logsOf(logs: object, act: (observed: ObservedGateway) => Promise<unknown>) {
  const observed = await startObserved({ logs }, runDir);
  await act(observed);
  await observed[Symbol.asyncDispose]();
  const { clientLog, upstreamLog, envoyLog } = runFiles(runDir);
  const [client = "", upstream = "", envoy = ""] = await Promise.all(
    [clientLog, upstreamLog, envoyLog].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return { client: linesOf(client), upstream: linesOf(upstream), envoy, text: client + upstream + envoy };
}

/** The lines of a log that are objects. */
function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

const good = "/QueryEngineService/status";
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("clientLog() and upstreamLog()", () => {
  it("tell each call, and each try, by fields that join them", async () => {
    const headers = { strategy: "blue", "x-script": "456-text", origin: "http://localhost:3000", traceparent };
    const { client, upstream } = await logsOf({}, (observed) =>
      observed.call({ ...headers, "cluster-name": "main", "x-user-agent": "connect-es/2.2.0" }),
    );
    expect([client.length, upstream.length]).toEqual([1, 1]);
    expect(client[0]).toEqual({
      log: "client",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      request_id: expect.stringMatching(/^[\da-f-]{36}$/),
      traceparent,
      method: "/QueryEngineService/status",
      caller: "-",
      client: "connect-es/2.2.0",
      origin: "http://localhost:3000",
      strategy: "blue",
      cluster_name: "main",
      route: "blue.continue",
      upstream: "e6_blue",
      attempts: 1,
      http_status: 200,
      reason: "STRATEGY_MISMATCH",
      upstream_status: "456",
      flags: "-",
      details: "via_upstream",
      first_byte_ms: expect.any(Number),
      duration_ms: expect.any(Number),
      bytes_received: 5,
      bytes_sent: 0,
      protocol: "HTTP/2 application/grpc-web+proto",
      tls: null,
    });
    expect(upstream[0]).toEqual({
      log: "upstream",
      time: expect.any(String),
      request_id: client[0]?.["request_id"],
      traceparent,
      method: "/QueryEngineService/status",
      upstream: "e6_blue",
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      http_status: 456,
      grpc_status: 2,
      flags: "-",
      connection_failure: null,
      duration_ms: expect.any(Number),
      bytes_received: 2,
      bytes_sent: 5,
    });
  });

  it("tell no secret that a call holds, and cut what a caller writes", async () => {
    const { client, text } = await logsOf({}, async (observed) => {
      await observed.call(
        {
          authorization: "Bearer secret-token",
          cookie: "session=secret-cookie",
          "proxy-authorization": "Basic secret-proxy",
          "cluster-name": "c".repeat(2000),
          "x-user-agent": "u".repeat(2000),
          "x-script": "error-at-once",
        },
        new TextEncoder().encode("\0\0\0\0\x0dselect secret"),
      );
      await observed.call({ ":path": "/QueryEngineService/status?key=secret-query" });
      await observed.call({ ":path": `/${"p".repeat(2000)}` });
    });
    const methods = client.map(({ method }) => String(method));
    expect(methods).toEqual([good, good, `/${"p".repeat(127)}`]);
    expect([client[0]?.["cluster_name"], client[0]?.["client"]]).toEqual(["c".repeat(100), "u".repeat(100)]);
    // The script's own words, as an engine would put SQL there.
    expect(text).not.toMatch(/secret|cannot be resolved|cannot%20be/);
  });

  it.each([
    ["none", "-"],
    ["network", "127.0.0.0/24"],
    ["full", "127.0.0.1"],
  ])("tell of a caller's address: %s", async (callerAddress, expected) => {
    const { client, text } = await logsOf({ callerAddress }, (observed) => observed.call({ "x-script": "ok" }));
    expect(client.map(({ caller }) => caller)).toEqual([expected]);
    expect(text.match(/127\.0\.0\.1"/g) ?? []).toHaveLength(callerAddress === "full" ? 1 : 0);
  });

  it("go to Envoy's standard output where that is asked for", async () => {
    const { client, envoy } = await logsOf({ to: "stdout" }, (observed) => observed.call());
    expect(client).toEqual([]);
    expect(linesOf(envoy).map(({ log }) => log)).toEqual(expect.arrayContaining(["client", "upstream"]));
  });
});
