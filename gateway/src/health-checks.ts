import { headerStrategy, type Strategy } from "e6data-web/headers";
import type { HealthCheck } from "./config/health-check.ts";
import { seconds, setHeader } from "./envoy-config.ts";

/** The active health checks of a stack's addresses. */
export function healthChecks(stack: Strategy, { kind, interval, timeout, failures }: HealthCheck): readonly object[] {
  return [
    {
      interval: seconds(interval),
      // Envoy's default is a minute, so that the state of a stack on standby would be old when it is to be promoted.
      no_traffic_interval: seconds(interval),
      timeout: seconds(timeout),
      unhealthy_threshold: failures,
      healthy_threshold: 1,
      ...(kind === "tcp" ? { tcp_health_check: {} } : { http_health_check: grpcProbe(stack) }),
    },
  ];
}

/**
 * A call that no engine knows: any answer of gRPC is HTTP 200. An inactive stack's 456 and a suspended cluster's 503
 * come from a stack that can be reached. Other statuses count as failures one by one; what is in neither list would
 * put an address out at once.
 */
function grpcProbe(stack: Strategy): object {
  return {
    codec_client_type: "HTTP2",
    method: "POST",
    path: "/QueryEngineService/gatewayProbe",
    // A frame of gRPC that holds an empty message, in hexadecimal.
    send: { text: "0000000000" },
    request_headers_to_add: [
      setHeader("content-type", "application/grpc"),
      setHeader("te", "trailers"),
      setHeader(headerStrategy, stack),
    ],
    expected_statuses: [200, 456, 503].map((status) => ({ start: status, end: status + 1 })),
    retriable_statuses: [
      { start: 100, end: 200 },
      { start: 201, end: 456 },
      { start: 457, end: 503 },
      { start: 504, end: 600 },
    ],
  };
}
