import { headerReason, headerRetrySafe, headerUpstreamStatus } from "e6data-web/headers";
import { type AccessLogFilter, type ResponseMapper, setHeader } from "./envoy-config.ts";
import { type LocalFailure, type LocalFailureMatch, localFailures } from "./failures.ts";

/** The mark of the error map's Lua: by now the content type is no longer the caller's. */
const isWeb: AccessLogFilter = {
  metadata_filter: {
    matcher: { filter: "e6.gateway", path: [{ key: "web" }], value: { string_match: { exact: "1" } } },
    match_if_key_not_found: false,
  },
};

/** Envoy's own errors as gRPC-Web callers get them; native gRPC callers get Envoy's ordinary gRPC errors. */
export const localReplyConfig: { readonly mappers: readonly ResponseMapper[] } = {
  mappers: localFailures.map(mapper),
};

function mapper(failure: LocalFailure): ResponseMapper {
  return {
    filter: { and_filter: { filters: [isWeb, matchFilter(failure.match)] } },
    status_code: 200,
    // Truly empty: with any body grpc_web would overwrite the status.
    body: { inline_string: "" },
    headers_to_add: [
      setHeader("grpc-status", String(failure.grpcStatus)),
      setHeader("grpc-message", failure.message),
      setHeader(headerReason, failure.reason),
      setHeader(headerRetrySafe, String(failure.retrySafe)),
      setHeader(headerUpstreamStatus, "0"),
    ],
  };
}

function matchFilter(match: LocalFailureMatch): AccessLogFilter {
  if ("flags" in match) {
    return { response_flag_filter: { flags: match.flags } };
  }
  return "status" in match ? statusFilter("EQ", match.status) : statusFilter("GE", match.statusFrom);
}

function statusFilter(op: "EQ" | "GE", status: number): AccessLogFilter {
  const value = { default_value: status, runtime_key: `e6.local_reply.${op.toLowerCase()}_${status}` };
  return { status_code_filter: { comparison: { op, value } } };
}
