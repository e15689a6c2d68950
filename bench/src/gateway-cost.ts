import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "@e6data-web/gateway";
import { type AnsweringStacks, startAnsweringStacks } from "./answering-stacks.ts";
import type { Benchmark } from "./benchmark.ts";
import { startVariant, type Variant } from "./envoy-variant.ts";
import { checkAnswer, type LoadShape, loadOn, type Road } from "./gateway-loads.ts";
import { h2load, type LoadSeen } from "./h2load.ts";
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

async function report(load: Load, measured: readonly Measured[], stacks: AnsweringStacks): Promise<readonly string[]> {
  // Engines speak no HTTP/1.1.
  const roads = measured.filter(({ protocol }) => protocol === "gRPC-Web" || load.version === "HTTP/2");
  const seen = await inRounds(
    roads.map((road) => ({ name: road.name, measure: () => measure(load, road, stacks) })),
    load.rounds,
  );
  const of = (name: string, value: (one: Seen) => number) => quantile((seen.get(name) ?? []).map(value), 0.5);
  const ratio = (value: (one: Seen) => number) => of(names.gateway, value) / of(names.bare, value);
  const rate = ({ milliseconds }: Seen) => (load.calls * 1000) / milliseconds;
  const line = (label: string, ...cells: readonly string[]) =>
    label.padEnd(28) + cells.map((cell) => cell.padStart(14)).join("");
  const isLarge = load.answer === "large";
  return [
    `${load.title}: ${load.calls} calls, ${load.rounds.counted} interleaved rounds, medians`,
    line("", "p50 ms", "p99 ms", isLarge ? "MB/s" : "calls/s", "Envoy CPU µs"),
    ...roads.map(({ name }) =>
      line(
        name,
        of(name, ({ median }) => median).toFixed(3),
        of(name, ({ p99 }) => p99).toFixed(3),
        (of(name, rate) * (isLarge ? batchBytes / 1e6 : 1)).toFixed(0),
        of(name, ({ processor }) => processor).toFixed(1),
      ),
    ),
    line(
      "gateway / bare",
      ...[({ median }: Seen) => median, ({ p99 }: Seen) => p99, rate, ({ processor }: Seen) => processor].map((value) =>
        ratio(value).toFixed(2),
      ),
    ),
    `wanted: ${isLarge ? "throughput at least 0.90" : "p50 at most 1.20, CPU at most 1.40"}`,
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
