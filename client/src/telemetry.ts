/**
 * Queries as OpenTelemetry's spans and measurements, and as log lines: observers for `connect({ observe })`.
 *
 * @module
 */
export { logQueries } from "./telemetry/log-queries.ts";
export { jsonLogger, type Logger, type LogLevel, type LogOptions } from "./telemetry/log-writer.ts";
export {
  type Counter,
  type Histogram,
  type InstrumentOptions,
  type Meter,
  measureQueries,
} from "./telemetry/measure-queries.ts";
export type { Attributes } from "./telemetry/query-attributes.ts";
export {
  type Span,
  type SpanOptions,
  type TraceOptions,
  type Tracer,
  traceQueries,
} from "./telemetry/trace-queries.ts";
