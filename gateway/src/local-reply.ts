import { headerReason, headerRetrySafe, headerUpstreamStatus } from "e6data-web/headers";
import { isWeb } from "./caller-protocol.ts";
import { type AccessLogFilter, type ResponseMapper, setHeader } from "./envoy-config.ts";
import { type LocalFailure, type LocalFailureMatch, localFailures } from "./failures.ts";
import { type AnsweringSettings, overloadMappers } from "./overload-reply.ts";

/** Envoy's own errors as gRPC-Web callers get them; native gRPC callers get Envoy's ordinary gRPC errors. */
export function localReplyConfig(listener: AnsweringSettings): { readonly mappers: readonly ResponseMapper[] } {
  return { mappers: [...overloadMappers(listener), ...localFailures.map(mapper)] };
}

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
