/**
 * Queries as OpenTelemetry's spans and measurements, and as log lines: observers for `connect({ observe })`.
 *
 * @module
 */
export { type Logger, type LogLevel, type LogOptions, logQueries } from "./telemetry/log-queries.ts";
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
