import type { Attributes } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { vi } from "vitest";
import type { ConnectOptions } from "../src/options.ts";
import { type TraceOptions, traceQueries } from "../src/telemetry/trace-queries.ts";
import { openConnection } from "./open-connection.ts";

/** Hands out what was measured when it is asked, not by a timer. */
class AskedReader extends MetricReader {
  protected override onShutdown() {
    return Promise.resolve();
  }
  protected override onForceFlush() {
    return Promise.resolve();
  }
}

/** One measurement, or several with the same attributes: a histogram's count and sum, a counter's sum. */
export interface Measured {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** OpenTelemetry's own SDK, keeping in memory what it is given. */
export function createOpenTelemetry() {
  const exporter = new InMemorySpanExporter();
  const reader = new AskedReader();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer("test");
  const meter = new MeterProvider({ readers: [reader] }).getMeter("test");
  const started = vi.spyOn(tracer, "startSpan");
  /** The spans that were begun, in their order. */
  const begun = () => started.mock.results.map(({ value }) => value as ReadableSpan);
  /** All instruments that have measured something. */
  const instruments = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  };
  return {
    tracer,
    meter,
    begun,
    /** The spans that were ended, in their order. */
    ended: () => exporter.getFinishedSpans(),
    instruments,
    /** What an instrument measured. */
    async measured(name: string): Promise<readonly Measured[]> {
      const instrument = (await instruments()).find(({ descriptor }) => descriptor.name === name);
      return instrument?.dataPoints.map(({ attributes, value }) => ({ attributes, value })) ?? [];
    },
  };
}

/** A connection whose queries OpenTelemetry's SDK traces. */
export function openTraced(options: { readonly [Name in keyof ConnectOptions]?: unknown } = {}, traced?: TraceOptions) {
  const telemetry = createOpenTelemetry();
  return { ...openConnection({ observe: [traceQueries(telemetry.tracer, traced)], ...options }), ...telemetry };
}

/** The one item of a list that has no other. */
export function only<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined || items.length > 1) throw new Error(`${items.length} in place of one`);
  return first;
}
