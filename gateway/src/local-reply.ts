import { isWeb } from "./caller-protocol.ts";
import type { GatewaySettings } from "./config/settings.ts";
import type { AccessLogFilter, ResponseMapper } from "./envoy-config.ts";
import { failureHeaders } from "./failure-headers.ts";
import { type LocalFailure, type LocalFailureMatch, localFailures } from "./failures.ts";
import { overloadMappers } from "./overload-reply.ts";
import { statusFilter } from "./status-filter.ts";

/** Envoy's own errors as gRPC-Web callers get them; native gRPC callers get Envoy's ordinary gRPC errors. */
export function localReplyConfig({ listener, limits }: Pick<GatewaySettings, "listener" | "limits">): {
  readonly mappers: readonly ResponseMapper[];
} {
  const ofShortMemory = limits.memory === undefined ? [] : overloadMappers(listener);
  return { mappers: [...ofShortMemory, ...localFailures.map(mapper)] };
}

function mapper(failure: LocalFailure): ResponseMapper {
  return {
    filter: { and_filter: { filters: [isWeb, matchFilter(failure.match)] } },
    status_code: 200,
    // Truly empty: with any body grpc_web would overwrite the status.
    body: { inline_string: "" },
    headers_to_add: failureHeaders(failure),
  };
}

function matchFilter(match: LocalFailureMatch): AccessLogFilter {
  if ("flags" in match) {
    return { response_flag_filter: { flags: match.flags } };
  }
  return "status" in match ? statusFilter("EQ", match.status) : statusFilter("GE", match.statusFrom);
}
