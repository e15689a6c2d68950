import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ObservedGateway, startObserved } from "../../test/observed-gateway.ts";
import { connectRaw, emptyMessage } from "../../test/raw-call.ts";
import { rpcs } from "../rpc.ts";
import { answerStatistics, callStatistics } from "./statistics.ts";

let observed: ObservedGateway;

beforeAll(async () => {
  observed = await startObserved();
});

afterAll(async () => {
  await observed?.[Symbol.asyncDispose]();
});

type Labels = Readonly<Record<string, string>>;

/** Labels in one order, as a key. */
const keyOf = (labels: Labels) => JSON.stringify(Object.entries(labels).toSorted());

/** The series of a metric by their labels. */
async function seriesOf(metric: string): Promise<ReadonlyMap<string, number>> {
  const found = [...(await observed.scrape()).values()].filter(({ name }) => name === metric);
  return new Map(found.map(({ labels, value }) => [keyOf(Object.fromEntries(labels)), value]));
}

/** By how much each series of a metric grew while something was done; those that did not are left out. */
async function growthOf(metric: string, act: () => Promise<unknown>): Promise<ReadonlyMap<string, number>> {
  const before = await seriesOf(metric);
  await act();
  const after = await seriesOf(metric);
  return new Map(
    [...after].map(([key, value]) => [key, value - (before.get(key) ?? 0)] as const).filter(([, growth]) => growth > 0),
  );
}

const good = {
  strategy: "blue",
  method: "/QueryEngineService/status",
  outcome: "answered",
  grpc_status: "0",
  http_status: "200",
  flags: "-",
};

const once = (labels: Labels) => [[keyOf(labels), 1]];

/** All calls that Envoy has counted by now. */
async function countedCalls(): Promise<number> {
  return [...(await seriesOf("envoy_e6_calls")).values()].reduce((sum, value) => sum + value, 0);
}

/** Envoy counts when a call is over, which its caller may know before. */
const soon = { interval: 20, timeout: 20_000 };

/** Gives a call up once it is under way; resolves when Envoy has heard of it. */
async function giveUp(headers: Labels, isUnderWay: () => Promise<unknown>): Promise<void> {
  const raw = await connectRaw(observed.gateway.url);
  const before = await countedCalls();
  void raw.call({ ":path": good.method, "content-type": "application/grpc-web+proto", ...headers }, emptyMessage);
  await isUnderWay();
  await raw[Symbol.asyncDispose]();
  await expect.poll(countedCalls, soon).toBeGreaterThan(before);
}

describe("callStatistics()", () => {
  it.each<[string, string, Labels]>([
    ["a good answer", "ok", {}],
    ["an engine's error in the headers", "error-at-once", { grpc_status: "2" }],
    ["a bare 456", "456-text", { grpc_status: "2", http_status: "456" }],
    ["a bare 503", "503-text", { grpc_status: "14", http_status: "503" }],
    ["a page with HTTP 502", "status-502", { grpc_status: "14", http_status: "502" }],
    ["an answer without trailers", "no-trailers", { grpc_status: "2" }],
    ["a call that the stack drops", "reset", { outcome: "failed", grpc_status: "", http_status: "0", flags: "UR" }],
    ["an answer that the stack breaks off", "disconnect-midway", { outcome: "failed", grpc_status: "2", flags: "UC" }],
  ])("counts %s", async (_, script, labels) => {
    const growth = await growthOf("envoy_e6_calls", () => observed.call({ strategy: "blue", "x-script": script }));
    expect([...growth]).toEqual(once({ ...good, ...labels }));
  });

  it("counts each stack and each method by itself, and native callers too", async () => {
    const native = { "content-type": "application/grpc", te: "trailers" };
    const growth = await growthOf("envoy_e6_calls", async () => {
      await observed.call({ strategy: "green" });
      await observed.call({ ":path": "/ClusterService/status", ...native });
    });
    expect(growth).toEqual(
      new Map([
        [keyOf({ ...good, strategy: "green" }), 1],
        [keyOf({ ...good, method: "/ClusterService/status" }), 1],
      ]),
    );
  });

  it("tells what a caller gave up from what a stack failed, before its answer and within", async () => {
    const abandoned = { ...good, outcome: "abandoned" };
    const before = await growthOf("envoy_e6_calls", () =>
      giveUp({ "x-script": "hold" }, () => observed.blue.untilHeld(1)),
    );
    observed.blue.release();
    const within = await growthOf("envoy_e6_calls", () =>
      observed.call({ "x-script": "silent-midway", "grpc-timeout": "50m" }),
    );
    expect([...before]).toEqual(once({ ...abandoned, grpc_status: "", http_status: "0" }));
    expect([...within]).toEqual(once({ ...abandoned, grpc_status: "2" }));
  });

  it("measures how long good answers took, and no others", async () => {
    const count = "envoy_e6_call_ms_count";
    const key = keyOf({ strategy: "green", method: "/QueryEngineService/clear" });
    const call = { strategy: "green", ":path": "/QueryEngineService/clear" };
    await observed.call({ ...call, "x-script": "456-text" });
    await observed.call({ ...call, "x-script": "error-at-once" });
    await observed.call(call);
    await expect.poll(async () => (await seriesOf(count)).get(key) ?? 0, soon).toBeGreaterThan(0);
    expect((await seriesOf(count)).get(key)).toBe(1);
    const buckets = [...(await seriesOf("envoy_e6_call_ms_bucket")).keys()].filter((labels) =>
      labels.includes("clear"),
    );
    const bounds = buckets.map((labels) => /"le","([^"]+)"/.exec(labels)?.[1]);
    expect([bounds[0], bounds.at(-2), bounds.at(-1)]).toEqual(["1", "900000", "+Inf"]);
  });

  it("makes no series of what a caller writes behind a path, nor of a path that is not served", async () => {
    for (const end of ["?a=1", "?b=2", "?", "/x", "%20"]) {
      await observed.call({ ":path": `${good.method}${end}` });
    }
    const served = rpcs.map(({ path }) => JSON.stringify(["method", path]));
    const series = [...(await seriesOf("envoy_e6_calls")).keys()];
    expect(series.length).toBeGreaterThan(8);
    expect(series.filter((labels) => !served.some((method) => labels.includes(method)))).toEqual([]);
    // The gate serves no path with a query; should it ever, a label must not take it, nor any header.
    expect(JSON.stringify([...callStatistics(), answerStatistics()])).not.toContain("%REQ(");
  });
});

describe("answerStatistics()", () => {
  it.each<[Labels, Labels]>([
    [{}, { reason: "" }],
    [
      { ":method": "OPTIONS", origin: "http://localhost:3000", "access-control-request-method": "POST" },
      { reason: "" },
    ],
    [{ "x-script": "456-text" }, { reason: "STRATEGY_MISMATCH" }],
    [{ "x-script": "status-502" }, { reason: "UPSTREAM_HTTP_502" }],
    [{ "x-script": "page-html" }, { reason: "UPSTREAM_NOT_GRPC" }],
    [{ "x-script": "reset" }, { reason: "UPSTREAM_RESET" }],
    [{ strategy: "red" }, { reason: "INVALID_STRATEGY" }],
    [{ ":path": "/nope" }, { reason: "NO_ROUTE" }],
    [
      { "content-type": "application/grpc", "x-script": "456-text" },
      { reason: "", http_status: "456" },
    ],
  ])("counts what a caller with %o is told", async (headers, labels) => {
    const growth = await growthOf("envoy_e6_answers", () => observed.call(headers));
    expect([...growth]).toEqual(once({ http_status: "200", ...labels }));
  });

  it("ends at a ceiling, should a stack make reasons up", async () => {
    for (let count = 0; count < 250; count += 1) {
      await observed.call({ "x-script": "made-up-reason" });
    }
    expect((await seriesOf("envoy_e6_answers")).size).toBe(200);
  });
});

describe("statsConfig", () => {
  it("keeps a scrape small, whatever was called", async () => {
    for (const { path } of rpcs) {
      for (const strategy of ["blue", "green"]) {
        await observed.call({ ":path": path, strategy });
      }
    }
    const names = [...(await observed.scrape()).values()].map(({ name }) => name);
    const ofEnvoy = names.filter((name) => !name.startsWith("envoy_e6_"));
    expect(ofEnvoy.length).toBeGreaterThan(300);
    expect(ofEnvoy.length).toBeLessThan(700);
    // One for each bound, and a sum, a count, and the calls themselves.
    expect(names.length - ofEnvoy.length).toBeLessThan(2 * rpcs.length * 32 + 250);
  });
});
