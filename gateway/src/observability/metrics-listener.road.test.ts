import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ObservedGateway, startObserved } from "../../test/observed-gateway.ts";
import { connectRaw } from "../../test/raw-call.ts";
import { startGateway } from "../gateway.ts";

let observed: ObservedGateway;

beforeAll(async () => {
  observed = await startObserved();
});

afterAll(async () => {
  await observed?.[Symbol.asyncDispose]();
});

describe("metricsListener()", () => {
  it("serves Prometheus, and probes", async () => {
    const metrics = await fetch(`${observed.metricsUrl}/stats/prometheus`);
    const ready = await fetch(`${observed.metricsUrl}/ready`);
    expect([metrics.status, ready.status]).toEqual([200, 200]);
    expect(metrics.headers.get("content-type")).toContain("text/plain");
    expect(await metrics.text()).toContain("# TYPE envoy_server_live gauge");
    expect(await ready.text()).toBe("LIVE\n");
  });

  it.each([
    "/",
    "/stats",
    "/config_dump",
    "/quitquitquit",
    "/stats/prometheus/",
    "//stats/prometheus",
    "/x/../stats/prometheus",
    "/stats/prometheus/../../config_dump",
    "/stats/prometheus%2f..%2f..%2fconfig_dump",
    "/STATS/PROMETHEUS",
  ])("leads nobody to %s", async (path) => {
    await using raw = await connectRaw(observed.metricsUrl);
    const answer = await raw.call({ ":method": "GET", ":path": path });
    expect([answer.status, answer.body.length]).toEqual([404, 0]);
  });

  it("hands on what a reader asks for of the statistics", async () => {
    const text = await (await fetch(`${observed.metricsUrl}/stats/prometheus?usedonly&filter=^server.uptime$`)).text();
    expect(text.trim().split("\n").at(-1)).toMatch(/^envoy_server_uptime\{\} \d+$/);
  });

  it.each(["POST", "HEAD", "PUT", "OPTIONS", "DELETE"])("takes no %s", async (method) => {
    await using raw = await connectRaw(observed.metricsUrl);
    for (const path of ["/stats/prometheus", "/ready"]) {
      expect((await raw.call({ ":method": method, ":path": path })).status).toBe(404);
    }
  });

  const config = {
    stacks: { blue: { addresses: [{ port: 1 }] }, green: { addresses: [{ port: 2 }] } },
    listener: { port: 0, origins: [] },
    admin: { port: 0 },
  };

  it("answers while callers have all the connections that are allowed", async () => {
    const observability = { metrics: { port: 0 } };
    await using gateway = await startGateway({ config: { ...config, observability, limits: { connections: 1 } } });
    await using _caller = await connectRaw(gateway.url);
    expect((await fetch(`${gateway.metricsUrl}/ready`)).status).toBe(200);
  });

  it("says by its key that its port is taken", async () => {
    const observability = { metrics: { port: Number(new URL(observed.metricsUrl).port) } };
    await expect(startGateway({ config: { ...config, observability } })).rejects.toMatchObject({
      code: "PORT_UNAVAILABLE",
      message: expect.stringContaining("choose another observability.metrics.port"),
    });
  });

  it("is not there unless it was asked for", async () => {
    await using quiet = await startObserved({ metrics: undefined });
    expect(quiet.gateway.metricsUrl).toBeUndefined();
    const listeners = await (await fetch(`${quiet.gateway.adminUrl}/listeners`)).text();
    expect(listeners.trim().split("\n")).toEqual([expect.stringContaining("main::")]);
  });
});
