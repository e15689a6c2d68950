import { type Extension, typed } from "./envoy-config.ts";

/** One line of JSON for each call of a client. No header that may hold a credential, no address of a person. */
export function clientLog(path: string): Extension {
  return fileLog(path, {
    time: "%START_TIME%",
    request_id: "%REQ(x-request-id)%",
    trace: "%REQ(traceparent)%",
    method: "%REQ(:path)%",
    web: "%DYNAMIC_METADATA(e6.gateway:web)%",
    origin: "%REQ(origin)%",
    strategy: "%REQ(strategy)%",
    cluster_name: "%REQ(cluster-name)%",
    route: "%ROUTE_NAME%",
    upstream: "%UPSTREAM_CLUSTER%",
    attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    status: "%RESPONSE_CODE%",
    reason: "%RESP(x-e6-reason)%",
    upstream_status: "%RESP(x-e6-upstream-status)%",
    flags: "%RESPONSE_FLAGS%",
    details: "%RESPONSE_CODE_DETAILS%",
    duration_ms: "%DURATION%",
    bytes_received: "%BYTES_RECEIVED%",
    bytes_sent: "%BYTES_SENT%",
    protocol: "%PROTOCOL%",
  });
}

/**
 * One line of JSON for each call to a stack. The gRPC status stands here and not in the clients' log, where grpc_web
 * has already moved the trailers into the body.
 */
export function upstreamLog(path: string): Extension {
  return fileLog(path, {
    time: "%START_TIME%",
    request_id: "%REQ(x-request-id)%",
    method: "%REQ(:path)%",
    upstream: "%UPSTREAM_CLUSTER%",
    host: "%UPSTREAM_HOST%",
    status: "%RESPONSE_CODE%",
    grpc_status: "%GRPC_STATUS(NUMBER)%",
    flags: "%RESPONSE_FLAGS%",
    duration_ms: "%DURATION%",
  });
}

function fileLog(path: string, fields: Readonly<Record<string, string>>): Extension {
  return {
    name: "envoy.access_loggers.file",
    typed_config: typed("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path,
      log_format: { json_format: fields },
    }),
  };
}
