import { headerReason, headerTraceParent } from "e6data-web/headers";
import type { TraceSettings } from "../config/observability.ts";
import { type Cluster, type Extension, socketAddress, typed } from "../envoy-config.ts";

const collectorClusterName = "e6_collector";

/**
 * What a connection manager is told about spans: one for each call, and under it one for each try of a stack. They are
 * named by the RPC.
 */
export function tracing({ protocol, service, sampling }: TraceSettings): object {
  return {
    provider: {
      name: "envoy.tracers.opentelemetry",
      typed_config: typed("envoy.config.trace.v3.OpenTelemetryConfig", {
        ...exporter(protocol),
        service_name: service,
        sampler: sampler(sampling),
      }),
    },
    spawn_upstream_span: true,
    operation: pathAlone,
    upstream_operation: pathAlone,
    custom_tags: tags,
  };
}

/** A call with a trace is sampled where its caller samples it; of the others, a share. */
function sampler(percent: number): Extension {
  const samplers = "envoy.tracers.opentelemetry.samplers";
  const types = "envoy.extensions.tracers.opentelemetry.samplers.v3";
  return {
    name: `${samplers}.parent_based`,
    typed_config: typed(`${types}.ParentBasedSamplerConfig`, {
      wrapped_sampler: {
        name: `${samplers}.trace_id_ratio_based`,
        typed_config: typed(`${types}.TraceIdRatioBasedSamplerConfig`, {
          sampling_percentage: { numerator: Math.round(percent * 10_000), denominator: "MILLION" },
        }),
      },
    }),
  };
}

const pathAlone = "%PATH(NQ:PATH)%";

/**
 * The first four stand in for Envoy's own, which tell who calls, a query behind the path, and an engine's words with SQL
 * in them; but in the span of a call, not in that of a try, Envoy writes an engine's words after these.
 */
const tags = [
  { tag: "peer.address", literal: { value: "-" } },
  { tag: "http.url", value: pathAlone },
  { tag: "grpc.path", value: pathAlone },
  { tag: "grpc.message", literal: { value: "-" } },
  { tag: "e6data.strategy", value: "%METADATA(CLUSTER:e6:strategy)%" },
  { tag: "e6data.route", value: "%ROUTE_NAME%" },
  { tag: "e6data.reason", value: `%RESP(${headerReason})%` },
];

/** Takes a caller's own trace off a call before anything looks at it: for a manager whose callers are not trusted with it. */
export const withoutTrace: Extension = {
  name: "envoy.http.early_header_mutation.header_mutation",
  typed_config: typed("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation", {
    mutations: [headerTraceParent, "tracestate"].map((remove) => ({ remove })),
  }),
};

/** The collector. */
export function collectorCluster({ collector: { host, port }, protocol }: TraceSettings): Cluster {
  return {
    name: collectorClusterName,
    type: "STRICT_DNS",
    connect_timeout: "1s",
    per_connection_buffer_limit_bytes: 1024 * 1024,
    load_assignment: {
      cluster_name: collectorClusterName,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(host, port) } }] }],
    },
    ...(protocol === "grpc" && { typed_extension_protocol_options: http2 }),
  };
}

const http2 = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    { explicit_http_config: { http2_protocol_options: {} } },
  ),
};

function exporter(protocol: TraceSettings["protocol"]): object {
  return protocol === "grpc"
    ? { grpc_service: { envoy_grpc: { cluster_name: collectorClusterName }, timeout: "5s" } }
    : {
        http_service: { http_uri: { uri: "http://collector/v1/traces", cluster: collectorClusterName, timeout: "5s" } },
      };
}
