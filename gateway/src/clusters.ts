import { isIP } from "node:net";
import { type Strategy, strategies } from "e6data-web/headers";
import { type Cluster, socketAddress, typed } from "./envoy-config.ts";
import type { GatewaySettings, StackSettings } from "./options.ts";

const mebibyte = 1024 * 1024;

/** Envoy's name for a stack: in routes, logs and statistics. */
export function clusterName(stack: Strategy): string {
  return `e6_${stack}`;
}

/** The two stacks. */
export function clusters(settings: GatewaySettings): readonly Cluster[] {
  return strategies.map((stack) => cluster(stack, settings.stacks[stack]));
}

function cluster(stack: Strategy, { host, port }: StackSettings): Cluster {
  const name = clusterName(stack);
  return {
    name,
    type: isIP(host) === 0 ? "STRICT_DNS" : "STATIC",
    connect_timeout: "3s",
    per_connection_buffer_limit_bytes: mebibyte,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(host, port) } }] }],
    },
    // Per stack, so that a flood of one leaves the other room; beyond these the caller is told OVERLOADED.
    circuit_breakers: {
      thresholds: [{ max_connections: 100, max_pending_requests: 1000, max_requests: 1000, track_remaining: true }],
    },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2Only(),
    },
  };
}

/** HTTP/2 with windows for large result batches: throughput is at most one window per round trip. */
function http2Only() {
  return typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: {
      http2_protocol_options: {
        initial_stream_window_size: 4 * mebibyte,
        initial_connection_window_size: 16 * mebibyte,
        // More connections rather than more streams on one: large batches then do not wait for each other.
        max_concurrent_streams: 100,
        // A silent prepare of ten minutes outlives middle boxes by these; engines tolerate one every 30 s.
        connection_keepalive: { interval: "30s", timeout: "10s" },
      },
    },
  });
}
