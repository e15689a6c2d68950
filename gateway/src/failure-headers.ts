import { headerReason, headerRetrySafe, headerUpstreamStatus } from "e6data-web/headers";
import { type HeaderValueOption, setHeader } from "./envoy-config.ts";
import type { Failure } from "./failures.ts";

/** What an answer of Envoy's own tells a gRPC-Web caller of a failure; no stack has answered. */
export function failureHeaders({ grpcStatus, message, reason, retrySafe }: Failure): readonly HeaderValueOption[] {
  return [
    setHeader("grpc-status", String(grpcStatus)),
    setHeader("grpc-message", message),
    setHeader(headerReason, reason),
    setHeader(headerRetrySafe, String(retrySafe)),
    setHeader(headerUpstreamStatus, "0"),
  ];
}
