import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "@e6data-web/gateway";
import { type AnsweringStacks, startAnsweringStacks } from "./answering-stacks.ts";
import type { Benchmark } from "./benchmark.ts";
import { startVariant, type Variant } from "./envoy-variant.ts";
import { checkAnswer, type LoadShape, loadOn, type Road } from "./gateway-loads.ts";
import { h2load } from "./h2load.ts";
import type { LoadSeen } from "./h2load-report.ts";
import { inRounds, quantile } from "./measure.ts";
import { processorMicroseconds } from "./process-use.ts";

const batchBytes = 4_000_000;

const variants: readonly Variant[] = [
  { name: "bare", filters: "bare", logs: true },
  { name: "bare, no logs", filters: "bare", logs: false },
  { name: "gateway, no logs", filters: "whole", logs: false },
];

const names = { gateway: "gateway", bare: "bare", direct: "direct gRPC" };

interface Load extends LoadShape {
  readonly title: string;
  readonly rounds: { readonly warmUp: number; readonly counted: number };
}

const small = { answer: "small", rounds: { warmUp: 1, counted: 9 } } as const;

const loads: readonly Load[] = [
  {
    ...small,
    title: "small calls, one at a time, HTTP/2",
    version: "HTTP/2",
    calls: 2000,
    connections: 1,
    inFlight: 1,
  },
  {
    ...small,
    title: "small calls, 64 in flight, HTTP/2",
    version: "HTTP/2",
    calls: 10_000,
    connections: 8,
    inFlight: 8,
  },
  {
    ...small,
    title: "small calls, 64 in flight, HTTP/1.1",
    version: "HTTP/1.1",
    calls: 10_000,
    connections: 64,
    inFlight: 1,
  },
  {
    title: "answers of 4 MB, one at a time, HTTP/2",
    answer: "large",
    rounds: { warmUp: 1, counted: 9 },
    version: "HTTP/2",
    calls: 100,
    connections: 1,
    inFlight: 1,
  },
];

/** A subject of the comparison: a road, and Envoy's process where one is on it. */
interface Measured extends Road {
  readonly pid?: number;
}

interface Seen extends LoadSeen {
  /** Envoy's processor time for a call, in microseconds; `NaN` where there is no Envoy. */
  readonly processor: number;
}

/** What the gateway costs beside an Envoy that does nothing but translate. */
export const gatewayBenchmark: Benchmark = {
  name: "gateway",
  about: "the gateway against an Envoy with grpc_web and router only, and against gRPC without a gateway",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "e6data-bench-"));
    try {
      await using stack = new AsyncDisposableStack();
      const stacks = stack.use(await startAnsweringStacks(batchBytes));
      const gateway = stack.use(await startGateway({ blue: stacks.blue, green: stacks.green, runDir: folder }));
      const others: Measured[] = [];
      for (const variant of variants) {
        const { url, pid } = stack.use(await startVariant(folder, variant));
        others.push({ name: variant.name, url, pid, protocol: "gRPC-Web" });
      }
      const measured: readonly Measured[] = [
        { name: names.gateway, url: gateway.url, pid: gateway.pid, protocol: "gRPC-Web" },
        ...others,
        { name: names.direct, url: `http://127.0.0.1:${stacks.blue.port}`, protocol: "gRPC" },
      ];
      const lines: string[] = [];
      for (const load of loads) lines.push(...(await report(load, measured, stacks)));
      return lines;
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** What is told of each subject: one figure of all rounds, their median where `part` is a half, their least where it is 0. */
interface Column {
  readonly title: string;
  readonly digits: number;
  readonly part: number;
  value(seen: Seen): number;
}

function columnsOf({ answer, calls }: Load): readonly Column[] {
  const each = calls * (answer === "large" ? batchBytes / 1e6 : 1) * 1000;
  return [
    { title: "p50 ms", digits: 3, part: 0.5, value: ({ median }) => median },
    { title: "p99 ms", digits: 3, part: 0.5, value: ({ p99 }) => p99 },
    {
      title: answer === "large" ? "MB/s" : "calls/s",
      digits: 0,
      part: 0.5,
      value: ({ milliseconds }) => each / milliseconds,
    },
    { title: "CPU µs", digits: 1, part: 0.5, value: ({ processor }) => processor },
    // Other programs can only add to it.
    { title: "CPU µs, least", digits: 1, part: 0, value: ({ processor }) => processor },
  ];
}

async function report(load: Load, measured: readonly Measured[], stacks: AnsweringStacks): Promise<readonly string[]> {
  // Engines speak no HTTP/1.1.
  const roads = measured.filter(({ protocol }) => protocol === "gRPC-Web" || load.version === "HTTP/2");
  const subjects = roads.map((road) => ({ name: road.name, measure: () => measure(load, road, stacks) }));
  const seen = await inRounds(subjects, load.rounds);
  const columns = columnsOf(load);
  const figure = (name: string, { value, part }: Column) => quantile((seen.get(name) ?? []).map(value), part);
  const line = (label: string, cell: (column: Column) => string) =>
    label.padEnd(28) + columns.map((column) => cell(column).padStart(15)).join("");
  return [
    `${load.title}: ${load.calls} calls, ${load.rounds.counted} interleaved rounds, medians`,
    line("", ({ title }) => title),
    ...roads.map(({ name }) => line(name, (column) => figure(name, column).toFixed(column.digits))),
    line("gateway / bare", (column) => (figure(names.gateway, column) / figure(names.bare, column)).toFixed(2)),
    `wanted: ${load.answer === "large" ? "throughput at least 0.90" : "p50 at most 1.20, CPU at most 1.40"}`,
    "",
  ];
}

async function measure(load: Load, road: Measured, stacks: AnsweringStacks): Promise<Seen> {
  const order = loadOn(road, load, stacks);
  await checkAnswer(order, road);
  const before = road.pid === undefined ? Number.NaN : await processorMicroseconds(road.pid);
  const seen = await h2load(order);
  const after = road.pid === undefined ? Number.NaN : await processorMicroseconds(road.pid);
  return { ...seen, processor: (after - before) / load.calls };
}
