import { isIP } from "node:net";
import { type Strategy, strategies } from "e6data-web/headers";
import type { GatewaySettings } from "./config/settings.ts";
import { type Cluster, seconds, socketAddress, typed } from "./envoy-config.ts";
import { healthChecks } from "./health-checks.ts";
import { type SecretSource, stackTlsSocket } from "./tls-context.ts";

const mebibyte = 1024 * 1024;

/** Envoy's name for a stack: in routes, logs and statistics. */
export function clusterName(stack: Strategy): string {
  return `e6_${stack}`;
}

/** The two stacks. */
export function clusters(settings: GatewaySettings, secrets: SecretSource): readonly Cluster[] {
  return strategies.map((stack) => cluster(stack, settings, secrets));
}

function cluster(stack: Strategy, { stacks, limits, timeouts }: GatewaySettings, secrets: SecretSource): Cluster {
  const name = clusterName(stack);
  const { addresses, tls, healthCheck } = stacks[stack];
  const endpoints = addresses.map(({ host, port }) => ({ endpoint: { address: socketAddress(host, port) } }));
  return {
    name,
    // What statistics and spans call the stack.
    metadata: { filter_metadata: { e6: { strategy: stack } } },
    ...(addresses.every(({ host }) => isIP(host) !== 0) ? { type: "STATIC" } : byName),
    lb_policy: "LEAST_REQUEST",
    connect_timeout: seconds(timeouts.connect),
    per_connection_buffer_limit_bytes: mebibyte,
    // Else, where most addresses are known to be down, calls would go to those too, and wait.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
    // Per stack, so that a flood of one leaves the other room; beyond these the caller is told OVERLOADED.
    circuit_breakers: {
      thresholds: [
        {
          max_connections: limits.connectionsPerStack,
          max_pending_requests: limits.waitingPerStack,
          max_requests: limits.callsPerStack,
          // Tried again is only what never reached an engine: that costs nobody anything, and may save each of the calls.
          max_retries: limits.callsPerStack,
          track_remaining: true,
        },
      ],
    },
    outlier_detection: outlierDetection,
    ...(healthCheck === undefined ? {} : { health_checks: healthChecks(stack, healthCheck) }),
    ...(tls === undefined ? {} : { transport_socket: stackTlsSocket(stack, tls, secrets) }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2Only(),
    },
  };
}

/** Both families, and the first that answers: a name such as `localhost` may yield an address at which nobody listens. */
const byName = { type: "STRICT_DNS", dns_lookup_family: "ALL", respect_dns_ttl: true } as const;

/**
 * An address that cannot be connected to gets no calls for a while, unless it is the only one. Answers put nobody out:
 * 503 says that one caller's cluster is suspended, and an engine's errors are the statement's.
 */
const outlierDetection = {
  split_external_local_origin_errors: true,
  consecutive_local_origin_failure: 5,
  enforcing_consecutive_local_origin_failure: 100,
  enforcing_local_origin_success_rate: 0,
  enforcing_consecutive_5xx: 0,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 0,
  max_ejection_percent: 50,
  base_ejection_time: "10s",
} as const;

/** How many calls share a connection. More connections rather than more calls on one: large batches then do not wait for each other. */
const callsPerConnection = 100;

/** How far an answer is read ahead of a caller who does not read: a stack sends at most one window per round trip. */
const answerWindow = mebibyte;

/** HTTP/2 with windows for large result batches. */
function http2Only() {
  return typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: {
      http2_protocol_options: {
        max_concurrent_streams: callsPerConnection,
        initial_stream_window_size: answerWindow,
        // Room for each: else a few callers who do not read use up the window of all, and the others' answers stand still.
        initial_connection_window_size: callsPerConnection * answerWindow,
        // A silent prepare of ten minutes outlives middle boxes by these; engines tolerate one every 30 s.
        connection_keepalive: { interval: "30s", timeout: "10s" },
      },
    },
  });
}
