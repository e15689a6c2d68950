import {
  headerClusterName,
  headerReason,
  headerStrategy,
  headerTraceParent,
  headerUpstreamStatus,
} from "e6data-web/headers";
import { headerProtocol } from "./caller-protocol.ts";
import type { LogSettings } from "./config/observability.ts";
import { type Extension, typed } from "./envoy-config.ts";

/** Envoy's format of each field of a log line, by the field's name. */
type Fields = Readonly<Record<string, string>>;

/**
 * One line of JSON for each call of a client. What a caller writes is cut at a length, no header that may hold a
 * credential is told, nor a query behind the path; a person's address only if the settings ask for it.
 */
export function clientLog({ to, callerAddress }: LogSettings, path: string): Extension {
  return jsonLog(to, path, {
    log: "client",
    ...whichCall,
    caller: callerFormats[callerAddress],
    client: request("x-user-agent", 100),
    origin: request("origin", 200),
    strategy: request(headerStrategy, 16),
    cluster_name: request(headerClusterName, 100),
    route: "%ROUTE_NAME%",
    upstream: "%UPSTREAM_CLUSTER%",
    attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    http_status: "%RESPONSE_CODE%",
    reason: `%RESP(${headerReason}):64%`,
    upstream_status: `%RESP(${headerUpstreamStatus}):3%`,
    flags: "%RESPONSE_FLAGS%",
    details: "%RESPONSE_CODE_DETAILS%",
    first_byte_ms: "%RESPONSE_DURATION%",
    duration_ms: "%DURATION%",
    bytes_received: "%BYTES_RECEIVED%",
    bytes_sent: "%BYTES_SENT%",
    protocol: request(headerProtocol, 80),
    tls: "%DOWNSTREAM_TLS_VERSION%",
  });
}

/**
 * One line of JSON for each try of a stack. The gRPC status stands here and not in the clients' log, where grpc_web
 * has already moved the trailers into the body; its message does not: engines repeat SQL in it.
 */
export function upstreamLog({ to }: LogSettings, path: string): Extension {
  return jsonLog(to, path, {
    log: "upstream",
    ...whichCall,
    upstream: "%UPSTREAM_CLUSTER%",
    host: "%UPSTREAM_HOST%",
    http_status: "%RESPONSE_CODE%",
    grpc_status: "%GRPC_STATUS(NUMBER)%",
    flags: "%RESPONSE_FLAGS%",
    connection_failure: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
    duration_ms: "%DURATION%",
    bytes_sent: "%BYTES_SENT%",
    bytes_received: "%BYTES_RECEIVED%",
  });
}

/** What joins the two logs, and both with a client's traces. */
const whichCall: Fields = {
  time: "%START_TIME%",
  request_id: request("x-request-id", 64),
  traceparent: request(headerTraceParent, 64),
  method: "%PATH(NQ:PATH):128%",
};

const callerFormats: Readonly<Record<LogSettings["callerAddress"], string>> = {
  none: "-",
  network: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(24)%",
  full: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
};

/** A header of the request, cut at a length: it is the caller's to choose. */
function request(header: string, maxLength: number): string {
  return `%REQ(${header}):${maxLength}%`;
}

function jsonLog(to: LogSettings["to"], path: string, fields: Fields): Extension {
  const format = { log_format: { json_format: fields } };
  return to === "stdout"
    ? {
        name: "envoy.access_loggers.stdout",
        typed_config: typed("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", format),
      }
    : {
        name: "envoy.access_loggers.file",
        typed_config: typed("envoy.extensions.access_loggers.file.v3.FileAccessLog", { path, ...format }),
      };
}
