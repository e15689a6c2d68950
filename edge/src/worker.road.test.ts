import { readFile } from "node:fs/promises";
import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleWorker } from "../test/bundle-worker.ts";

const secret = "s3cr3t-value";
let mock: Mock;
let gateway: Gateway;
let script: string;
let worker: Miniflare;

/** Runs the bundle in workerd, with the compatibility settings that it is deployed with. */
async function startWorker(bindings: Readonly<Record<string, string>>): Promise<Miniflare> {
  const config = await readFile(new URL("../wrangler.jsonc", import.meta.url), "utf8");
  const date = /"compatibility_date": "([\d-]+)"/.exec(config)?.[1] ?? "";
  const flags = /"compatibility_flags": \["([\w-]+)"\]/.exec(config)?.[1] ?? "";
  return new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.js", contents: script }],
      compatibilityDate: date,
      compatibilityFlags: [flags],
      bindings,
      cf: false,
    }),
  );
}

function bindings(overrides: Readonly<Record<string, string>> = {}) {
  return { E6_GATEWAY_URL: gateway.url, E6_USER: "ann", E6_TOKEN: secret, ...overrides };
}

async function post(body: unknown, to = worker) {
  const response = await to.dispatchFetch("http://edge.example/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.text() };
}

function parsed({ status, body }: { status: number; body: string }): unknown {
  return { status, body: JSON.parse(body) };
}

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
  script = await bundleWorker();
  worker = await startWorker(bindings());
});

beforeEach(async () => {
  await mock.control.reset();
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await worker?.dispose();
  await gateway?.close();
  await mock?.close();
});

describe("worker", () => {
  it("answers a query as JSON, from workerd through Envoy", async () => {
    const answer = await post({ sql: "select r_regionkey, r_name from region order by r_regionkey limit 2" });
    expect(parsed(answer)).toEqual({
      status: 200,
      body: {
        queryId: expect.any(String),
        strategy: "blue",
        rowCount: 2,
        fields: [
          { name: "r_regionkey", type: expect.any(String) },
          { name: "r_name", type: "STRING" },
        ],
        rows: [
          [expect.anything(), "AFRICA"],
          [expect.anything(), "AMERICA"],
        ],
      },
    });
  });

  it("loses no digit", async () => {
    const sql = `select 9223372036854775807::bigint, 12345678901234567890.12::decimal(38,2), timestamp '2026-11-21 01:02:03.000004',
      date '-0044-03-15', 'nan'::double, '\\xDE\\xAD'::blob, null, true, 42::integer`;
    const { status, body } = await post({ sql });
    expect([status, JSON.parse(body).rows]).toEqual([
      200,
      [
        [
          "9223372036854775807",
          "12345678901234567890.12",
          "2026-11-21T01:02:03.000004Z",
          "-0044-03-15",
          "NaN",
          "3q0=",
          null,
          true,
          42,
        ],
      ],
    ]);
  });

  it("gives every query back to the engine after its answer", async () => {
    await post({ sql: "select 1" });
    await expect.poll(() => mock.control.calls().at(-1)?.rpc).toBe("clear");
    expect(mock.control.state().stacks.blue.queries).toBe(0);
  });

  it("finds the stack that is active", async () => {
    mock.control.switch("green");
    const { body } = await post({ sql: "select 1" });
    expect(JSON.parse(body)).toMatchObject({ strategy: "green" });
  });

  it("answers an SQL error in the engine's words", async () => {
    expect(parsed(await post({ sql: "select nonsense from region" }))).toMatchObject({
      status: 400,
      body: { error: { code: "SQL_ERROR", message: expect.stringContaining("nonsense"), retryable: false } },
    });
  });

  it("answers a suspended cluster as 503", async () => {
    mock.control.suspend();
    expect(parsed(await post({ sql: "select 1" }))).toMatchObject({
      status: 503,
      body: { error: { code: "CLUSTER_SUSPENDED", retryable: true } },
    });
  });

  it("answers wrong credentials of its own as 502, and repeats none of them", async () => {
    const misconfigured = await startWorker(bindings({ E6_USER: "ann-the-reader", E6_TOKEN: "wrong" }));
    try {
      const answer = await post({ sql: "select 1" }, misconfigured);
      expect(parsed(answer)).toMatchObject({ status: 502, body: { error: { code: "AUTHENTICATION_FAILED" } } });
      expect(answer.body).not.toContain("ann-the-reader");
    } finally {
      await misconfigured.dispose();
    }
  });

  it("answers a gateway that is not there as 502", async () => {
    const lost = await startWorker(bindings({ E6_GATEWAY_URL: "http://127.0.0.1:1" }));
    try {
      const answer = await post({ sql: "select 1" }, lost);
      expect(parsed(answer)).toMatchObject({ status: 502, body: { error: { code: "NETWORK" } } });
      expect(answer.body).not.toContain(secret);
    } finally {
      await lost.dispose();
    }
  });

  it.each([
    ["another path", "/", { method: "POST" }, 404],
    ["another method", "/query", { method: "GET" }, 405],
    ["another content type", "/query", { method: "POST", body: '{"sql":"select 1"}' }, 415],
  ])("refuses %s before it asks anything", async (_what, path, init, status) => {
    const response = await worker.dispatchFetch(`http://edge.example${path}`, init);
    expect(parsed({ status: response.status, body: await response.text() })).toMatchObject({
      status,
      body: { error: { code: "INVALID_PARAMETER" } },
    });
    expect(mock.control.calls()).toEqual([]);
  });

  it.each([
    ["no JSON", "select 1", 400],
    ["no object", '"select 1"', 400],
    ["no sql", "{}", 400],
    ["a blank statement", { sql: " " }, 400],
    ["a statement that is no text", { sql: 1 }, 400],
    ["more than sql", { sql: "select 1", user: "root" }, 400],
    ["a body beyond 64 KiB", { sql: `select 1 --${"-".repeat(65_536)}` }, 413],
  ])("refuses %s", async (_what, body, status) => {
    expect(parsed(await post(body))).toMatchObject({ status, body: { error: { code: "INVALID_PARAMETER" } } });
    expect(mock.control.calls()).toEqual([]);
  });
});
