import { clientLog, upstreamLog } from "./access-log.ts";
import { corsFilter } from "./cors.ts";
import { type Extension, type Listener, type RouteSource, socketAddress, typed } from "./envoy-config.ts";
import { localReplyConfig } from "./local-reply.ts";
import { errorMap, stateGate } from "./lua.ts";

const mebibyte = 1024 * 1024;

/** gRPC's usual limit for a message, and room for its frame. */
const maxRequestBytes = 4 * mebibyte + 1024;

/** The listener's name, under which its bound port is found. */
export const listenerName = "main";
/** The prefix of the connection manager's statistics. */
export const statPrefix = "gateway";

/** Where the listener's logs go. */
export interface LogPaths {
  readonly clientLog: string;
  readonly upstreamLog: string;
}

/** The one listener: gRPC-Web and native gRPC, HTTP/1.1 and HTTP/2 in clear text. */
export function listener(host: string, port: number, routes: RouteSource, logs: LogPaths): Listener {
  return {
    name: listenerName,
    address: socketAddress(host, port),
    // With it, two gateways could share a port without an error, and each would get some of the calls.
    enable_reuse_port: false,
    per_connection_buffer_limit_bytes: mebibyte,
    filter_chains: [{ filters: [connectionManager(routes, logs)] }],
  };
}

function connectionManager(routes: RouteSource, logs: LogPaths): Extension {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: statPrefix,
      codec_type: "AUTO",
      use_remote_address: true,
      generate_request_id: true,
      stream_idle_timeout: "660s",
      request_headers_timeout: "10s",
      request_timeout: "60s",
      common_http_protocol_options: { idle_timeout: "900s", headers_with_underscores_action: "REJECT_REQUEST" },
      http2_protocol_options: {
        max_concurrent_streams: 1000,
        initial_stream_window_size: mebibyte,
        initial_connection_window_size: 16 * mebibyte,
        connection_keepalive: { interval: "30s", timeout: "10s" },
      },
      ...routes,
      local_reply_config: localReplyConfig,
      access_log: [clientLog(logs.clientLog)],
      http_filters: httpFilters(logs),
    }),
  };
}

/** In the order of the request; answers pass it backwards. Each place has its reason. */
function httpFilters(logs: LogPaths): readonly Extension[] {
  return [
    // First: every answer made further in carries CORS, and preflights end here.
    { name: corsFilter, typed_config: typed("envoy.extensions.filters.http.cors.v3.Cors", {}) },
    // Before grpc_web: sees the caller's content type, and edits the headers of what grpc_web has made of an answer.
    errorMap(),
    {
      name: "envoy.filters.http.grpc_web",
      typed_config: typed("envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", {}),
    },
    // A rate limit belongs here: its refusals are then translated and carry CORS, and the gate's own cost nothing.
    stateGate(),
    {
      name: "envoy.filters.http.buffer",
      typed_config: typed("envoy.extensions.filters.http.buffer.v3.Buffer", { max_request_bytes: maxRequestBytes }),
    },
    {
      name: "envoy.filters.http.router",
      typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {
        upstream_log: [upstreamLog(logs.upstreamLog)],
      }),
    },
  ];
}
