import type { Reader } from "./reader.ts";
import { flag, host, ipAddress, number, oneOf, portToCall, portToListen, rule, text } from "./rules.ts";

/** What the gateway tells of itself and of the calls that it leads. */
export interface ObservabilitySettings {
  readonly logs: LogSettings;
  /** Where Prometheus reads; nothing: nowhere. */
  readonly metrics: MetricsSettings | undefined;
  /** Where spans go; nothing: none are made. */
  readonly traces: TraceSettings | undefined;
}

/** Where the two logs of calls may go: to files in the run's folder, or to Envoy's standard output. */
const logTargets = ["files", "stdout"] as const;

/** What a log may tell of a caller's IP address: nothing, its first 24 bits, or all of it. */
const callerAddresses = ["none", "network", "full"] as const;

/** The logs of calls. */
export interface LogSettings {
  readonly to: (typeof logTargets)[number];
  /** An address tells who a person is: it is not logged unless that is asked for. */
  readonly callerAddress: (typeof callerAddresses)[number];
}

/** Statistics for Prometheus, on a listener of their own. */
export interface MetricsSettings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** How spans may be sent: OTLP over HTTP, or over gRPC. */
const traceProtocols = ["http", "grpc"] as const;

/** Spans for OpenTelemetry. */
export interface TraceSettings {
  /** An OpenTelemetry collector, in clear text: one that runs beside the gateway. */
  readonly collector: { readonly host: string; readonly port: number };
  readonly protocol: (typeof traceProtocols)[number];
  /** The `service.name` of the spans. */
  readonly service: string;
  /** Percent of the calls without a trace of their own that get one. */
  readonly sampling: number;
  /** Whether a caller's `traceparent` is heeded: its trace goes on, and it decides whether the call is sampled. */
  readonly trustCallers: boolean;
}

/** Reads `observability`. */
export function readObservability(reader: Reader): ObservabilitySettings {
  return {
    logs: reader.section("logs", readLogs),
    metrics: reader.optionalSection("metrics", readMetrics),
    traces: reader.optionalSection("traces", readTraces),
  };
}

function readLogs(reader: Reader): LogSettings {
  return {
    to: reader.get("to", oneOf(logTargets), "files"),
    callerAddress: reader.get("callerAddress", oneOf(callerAddresses), "none"),
  };
}

function readMetrics(reader: Reader): MetricsSettings {
  return {
    host: reader.get("host", ipAddress, "127.0.0.1"),
    port: reader.get("port", portToListen, 9902),
  };
}

function readTraces(reader: Reader): TraceSettings {
  reader.required("unsafeEngineMessages", accepted);
  return {
    collector: reader.section("collector", readCollector),
    protocol: reader.get("protocol", oneOf(traceProtocols), "http"),
    service: reader.get("service", serviceName, "e6data-gateway"),
    sampling: reader.get("sampling", number(0, 100), 1),
    trustCallers: reader.get("trustCallers", flag, true),
  };
}

/** Envoy writes `grpc.message` into the span of a refused call after everything that could take it out again. */
const accepted = rule(
  "true, to accept that spans hold engines' error messages, in which SQL may be repeated, until a collector drops them",
  (value) => (value === true ? value : undefined),
);

const serviceName = text("a name of letters, digits, '.', '_' and '-'", /^[A-Za-z0-9._-]{1,64}$/);

function readCollector(reader: Reader): TraceSettings["collector"] {
  return { host: reader.get("host", host, "127.0.0.1"), port: reader.required("port", portToCall) };
}
