import { clientLog, upstreamLog } from "./access-log.ts";
import { noteProtocol } from "./caller-protocol.ts";
import type { GatewaySettings } from "./config/settings.ts";
import { corsFilter } from "./cors.ts";
import {
  type Extension,
  type FilterChain,
  type HttpFilter,
  type Listener,
  type RouteSource,
  seconds,
  socketAddress,
  typed,
} from "./envoy-config.ts";
import { jwtFilter } from "./jwt-filter.ts";
import { localReplyConfig } from "./local-reply.ts";
import { errorMap, pageMark, stateGate, strategyGate } from "./lua.ts";
import { answerStatistics, callStatistics } from "./observability/statistics.ts";
import { tracing, withoutTrace } from "./observability/tracing.ts";
import { rateLimitFilter } from "./rate-limit.ts";
import { listenerTlsSocket, type SecretSource } from "./tls-context.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** The listener's name, under which its bound port is found. */
export const listenerName = "main";
/** The prefix of the connection manager's statistics. */
export const statPrefix = "gateway";

/** Where the listener's logs go. */
export interface LogPaths {
  readonly clientLog: string;
  readonly upstreamLog: string;
}

/** The one listener for callers: gRPC-Web and native gRPC, HTTP/1.1 and HTTP/2. */
export function listener(
  settings: GatewaySettings,
  routes: RouteSource,
  secrets: SecretSource,
  logs: LogPaths,
): Listener {
  const { host, port } = settings.listener;
  return {
    name: listenerName,
    address: socketAddress(host, port),
    // With it, two gateways could share a port without an error, and each would get some of the calls.
    enable_reuse_port: false,
    per_connection_buffer_limit_bytes: mebibyte,
    filter_chains: [{ filters: [connectionManager(settings, routes, logs)], ...transport(settings, secrets) }],
  };
}

function transport({ listener: { tls }, timeouts }: GatewaySettings, secrets: SecretSource): Partial<FilterChain> {
  return tls === undefined
    ? {}
    : {
        transport_socket: listenerTlsSocket(tls, secrets),
        transport_socket_connect_timeout: seconds(timeouts.handshake),
      };
}

function connectionManager(settings: GatewaySettings, routes: RouteSource, logs: LogPaths): Extension {
  const { limits, timeouts, observability } = settings;
  const { traces } = observability;
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: statPrefix,
      codec_type: "AUTO",
      server_name: "gateway",
      use_remote_address: true,
      xff_num_trusted_hops: settings.listener.trustedProxies,
      generate_request_id: true,
      // Paths are compared byte for byte, and no other spelling is let through: the gate answers it in the caller's own
      // terms, which Envoy's own refusal of a path, before any filter, would not.
      normalize_path: false,
      max_request_headers_kb: Math.ceil(limits.requestHeaders / kibibyte),
      stream_idle_timeout: seconds(timeouts.silence),
      request_headers_timeout: seconds(timeouts.requestHeaders),
      request_timeout: seconds(timeouts.request),
      common_http_protocol_options: {
        idle_timeout: seconds(timeouts.idleConnection),
        max_headers_count: limits.requestHeaderCount,
        headers_with_underscores_action: "REJECT_REQUEST",
      },
      // Who asks for another protocol gets the answer in this one: Envoy's refusal would come before any filter.
      http_protocol_options: { ignore_http_11_upgrade: [{ safe_regex: { regex: ".*" } }] },
      http2_protocol_options: {
        // A request that is no good HTTP ends alone: a proxy may have calls of many people on its connection.
        override_stream_error_on_invalid_http_message: true,
        max_concurrent_streams: limits.callsPerConnection,
        // What a caller may send before it is read; requests are small.
        initial_stream_window_size: 256 * kibibyte,
        initial_connection_window_size: mebibyte,
        connection_keepalive: { interval: "30s", timeout: "10s" },
      },
      early_header_mutation_extensions: [noteProtocol, ...(traces?.trustCallers === false ? [withoutTrace] : [])],
      ...routes,
      local_reply_config: localReplyConfig(settings),
      access_log: [clientLog(observability.logs, logs.clientLog), answerStatistics()],
      ...(traces === undefined ? {} : { tracing: tracing(traces) }),
      http_filters: httpFilters(settings, logs),
    }),
  };
}

/** In the order of the request; answers pass it backwards. Each place has its reason. */
export function httpFilters(
  { limits, rateLimits, jwt, observability }: GatewaySettings,
  logs: LogPaths,
): readonly HttpFilter[] {
  return [
    // First: every answer made further in carries CORS, and preflights end here.
    { name: corsFilter, typed_config: typed("envoy.extensions.filters.http.cors.v3.Cors", {}) },
    // Before grpc_web: edits the headers of what grpc_web has made of an answer.
    errorMap(),
    {
      name: "envoy.filters.http.grpc_web",
      typed_config: typed("envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", {}),
    },
    // After it, what refuses calls: refusals are then translated and carry CORS. The cheapest first: a flood of bad
    // tokens is a flood.
    ...rateLimitFilter(rateLimits),
    ...jwtFilter(jwt),
    strategyGate(),
    stateGate(),
    pageMark(),
    {
      name: "envoy.filters.http.buffer",
      typed_config: typed("envoy.extensions.filters.http.buffer.v3.Buffer", { max_request_bytes: limits.requestBody }),
    },
    {
      name: "envoy.filters.http.router",
      typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {
        // How long a stack took is nobody's business but the logs'.
        suppress_envoy_headers: true,
        upstream_log: [upstreamLog(observability.logs, logs.upstreamLog), ...callStatistics()],
      }),
    },
  ];
}
