import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePrometheus } from "../../../scripts/setup/prometheus.mjs";
import { type ObservedGateway, startObserved } from "../../test/observed-gateway.ts";
import { type RunningPrometheus, startPrometheus } from "../../test/prometheus.ts";
import { runProgram } from "../../test/run-program.ts";
import { board } from "./board.ts";

const folder = fileURLToPath(new URL("../../observability/", import.meta.url));
const rulesFile = `${folder}alerts.yaml`;
const queries = board.sections.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));

let observed: ObservedGateway;
let prometheus: RunningPrometheus;
let promtool = "";

beforeAll(async () => {
  const programs = await ensurePrometheus();
  promtool = programs.promtool;
  observed = await startObserved({ traces: { collector: { port: 9 }, unsafeEngineMessages: true } });
  await callEachWay();
  prometheus = await startPrometheus(programs.prometheus, new URL(observed.metricsUrl).host, rulesFile);
  await prometheus.until("envoy_e6_call_ms_count > 0");
  // A rate takes two readings, and between them some growth.
  await callEachWay();
  await prometheus.until("count(rate(envoy_e6_call_ms_count[1m]) > 0) == 4");
}, 120_000);

afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await observed?.[Symbol.asyncDispose]();
});

/** Has each stack, or the gateway, answer in each of the ways that the board tells apart. */
async function callEachWay(): Promise<void> {
  for (const strategy of ["blue", "green"]) {
    for (const script of ["ok", "456-text", "503-text", "reset"]) {
      await observed.call({ strategy, "x-script": script, origin: "https://foreign.test" });
    }
    await observed.call({ strategy, ":path": "/QueryEngineService/getNextResultBatch" });
  }
}

/** A query as Grafana sends it, for one stack. */
function asked(expr: string, strategy: string): string {
  return expr
    .replaceAll("$__rate_interval", "1m")
    .replaceAll(/\$(job|instance)/g, ".+")
    .replaceAll("$strategy", strategy);
}

describe("the board", () => {
  it.each(queries)("shows numbers of a gateway that was called, and names them, by $expr", async ({ expr, legend }) => {
    const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    for (const strategy of ["blue", "green"]) {
      const samples = await prometheus.query(asked(expr, strategy));
      expect(samples).not.toEqual([]);
      expect(samples.filter(({ value }) => Number.isNaN(value))).toEqual([]);
      expect(samples.some((sample) => labels.every((label) => label in sample.labels))).toBe(true);
    }
  });
});

describe("alerts.yaml", () => {
  it("names metrics that a gateway has", async () => {
    const known = new Set([...(await observed.scrape()).values()].map(({ name }) => name));
    const named = new Set(readFileSync(rulesFile, "utf8").match(/\benvoy_\w+\b(?!=)/g));
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });

  it("is evaluated well by Prometheus", async () => {
    const rules = await prometheus.rules();
    expect(rules.size).toBeGreaterThan(15);
    expect([...rules].filter(([, health]) => health !== "ok")).toEqual([]);
  });

  it("fires where it should and only there: alerts.test.yaml", async () => {
    expect(await runProgram(promtool, ["check", "rules", rulesFile])).toMatchObject({ code: 0 });
    expect(await runProgram(promtool, ["test", "rules", `${folder}alerts.test.yaml`])).toMatchObject({ code: 0 });
  });
});
