import { metrics, type Meter as OtelMeter, type Tracer as OtelTracer, trace } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { describe, expectTypeOf, it } from "vitest";
import type { Observer } from "../query/observer.ts";
import { logQueries } from "./log-queries.ts";
import type { Logger } from "./log-writer.ts";
import { type Meter, measureQueries } from "./measure-queries.ts";
import { type Tracer, traceQueries } from "./trace-queries.ts";

describe("OpenTelemetry's types", () => {
  it("fit without an adapter", () => {
    expectTypeOf<OtelTracer>().toExtend<Tracer>();
    expectTypeOf<OtelMeter>().toExtend<Meter>();
    const observers: readonly Observer[] = [
      traceQueries(trace.getTracer("app")),
      traceQueries(new BasicTracerProvider().getTracer("app")),
      measureQueries(metrics.getMeter("app")),
      measureQueries(new MeterProvider().getMeter("app")),
    ];
    expectTypeOf(observers).items.toBeFunction();
  });

  it("are not taken for one another", () => {
    expectTypeOf<OtelMeter>().not.toExtend<Tracer>();
    expectTypeOf<OtelTracer>().not.toExtend<Meter>();
  });
});

describe("the console's type", () => {
  it("fits as a logger", () => {
    expectTypeOf<Console>().toExtend<Logger>();
    expectTypeOf(logQueries(console)).toEqualTypeOf<Observer>();
  });
});
