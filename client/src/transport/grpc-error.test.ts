import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { E6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import {
  analyzeQuery,
  authenticate,
  createDataFrame,
  filterOnDataFrame,
  getNextResultBatch,
  getTables,
  prepareStatementV2,
} from "../gen/e6x_engine_tables.ts";
import { gatewayReasons } from "../headers.ts";
import * as grpcCode from "./grpc-code.ts";
import { toE6Error } from "./grpc-error.ts";
import { GrpcError } from "./grpc-status.ts";
import { HttpFailure } from "./http-failure.ts";

/** A failure as it comes off the wire: with a gRPC status in its metadata. */
function spoken(code: Code, text: string, headers: Readonly<Record<string, string>> = {}): GrpcError {
  return new GrpcError(code, text, { headers: new Headers({ "grpc-status": String(code), ...headers }) });
}

function statusFailure(status: number): HttpFailure {
  return new HttpFailure("status", "", { response: new Response(null, { status }) });
}

describe("toE6Error()", () => {
  it.each<[string, Code, E6ErrorCode]>([
    ["STRATEGY_MISMATCH", Code.FailedPrecondition, "STRATEGY_MISMATCH"],
    ["CLUSTER_SUSPENDED", Code.Unavailable, "CLUSTER_SUSPENDED"],
    ["INVALID_STRATEGY", Code.InvalidArgument, "GATEWAY"],
    ["NO_ROUTE", Code.Unimplemented, "GATEWAY"],
    ["RATE_LIMITED", Code.ResourceExhausted, "RATE_LIMITED"],
    ["OVERLOADED", Code.Unavailable, "RESOURCE_EXHAUSTED"],
    ["NO_HEALTHY_UPSTREAM", Code.Unavailable, "GATEWAY"],
    ["UPSTREAM_RESET", Code.Unavailable, "GATEWAY"],
    ["UPSTREAM_NOT_GRPC", Code.Unknown, "GATEWAY"],
    ["GATEWAY_TIMEOUT", Code.DeadlineExceeded, "GATEWAY"],
    ["REQUEST_TOO_LARGE", Code.ResourceExhausted, "RESOURCE_EXHAUSTED"],
    ["GATEWAY_ERROR", Code.Internal, "GATEWAY"],
    ["UNAUTHENTICATED", Code.Unauthenticated, "AUTHENTICATION_FAILED"],
    ["UPSTREAM_HTTP_456", Code.Unknown, "STRATEGY_MISMATCH"],
    ["UPSTREAM_HTTP_502", Code.Unavailable, "GATEWAY"],
    ["A_REASON_OF_TOMORROW", Code.Unknown, "GATEWAY"],
  ])("takes the gateway's reason %s first", (reason, grpcCode, code) => {
    const error = toE6Error(spoken(grpcCode, "text", { "x-e6-reason": reason }), {
      method: prepareStatementV2,
      strategy: "blue",
    });
    expect(error).toMatchObject({ code, reason, strategy: "blue" });
  });

  it("knows every reason of the gateway", () => {
    const unknown = toE6Error(spoken(Code.Unknown, "", { "x-e6-reason": "?" }), { method: authenticate }).message;
    for (const reason of gatewayReasons) {
      const error = toE6Error(spoken(Code.Unknown, "", { "x-e6-reason": reason }), { method: authenticate });
      expect(error.message).not.toBe(unknown);
    }
  });

  it.each<[number, E6ErrorCode]>([
    [456, "STRATEGY_MISMATCH"],
    [503, "CLUSTER_SUSPENDED"],
    [401, "AUTHENTICATION_FAILED"],
    [403, "PERMISSION_DENIED"],
    [413, "RESOURCE_EXHAUSTED"],
    [429, "RATE_LIMITED"],
    [504, "GATEWAY"],
    [302, "GATEWAY"],
    [500, "GATEWAY"],
  ])("then HTTP status %i", (status, code) => {
    expect(toE6Error(statusFailure(status), { method: prepareStatementV2 }).code).toBe(code);
  });

  it.each<[Code, string, E6ErrorCode]>([
    [Code.Unknown, "Received http2 header with status: 456", "STRATEGY_MISMATCH"],
    [Code.Unknown, "Received HTTP status code 456", "STRATEGY_MISMATCH"],
    [Code.Unknown, "status: 456", "STRATEGY_MISMATCH"],
    [Code.InvalidArgument, "Status: 456, strategy mismatch", "STRATEGY_MISMATCH"],
    [Code.InvalidArgument, "Wrong strategy. Status: 456. Expected: green, Got: blue", "STRATEGY_MISMATCH"],
    [Code.Unavailable, "Received http2 header with status: 503", "CLUSTER_SUSPENDED"],
    [Code.Internal, "Access denied", "SESSION_EXPIRED"],
    [Code.Internal, "io.e6x: access denied for session", "SESSION_EXPIRED"],
  ])("then a load balancer's words: %s %s", (grpcCode, text, code) => {
    expect(toE6Error(spoken(grpcCode, text), { method: prepareStatementV2 }).code).toBe(code);
  });

  it.each([Code.Unknown, Code.InvalidArgument, Code.Internal])(
    "leaves an SQL error alone whose text holds such words (gRPC code %i)",
    (grpcCode) => {
      for (const text of ["Invalid Input Error: status: 456", "no column 'Status: 503'", "456"]) {
        const error = toE6Error(spoken(grpcCode, text), { method: prepareStatementV2, queryId: "q1" });
        expect(error).toMatchObject({ code: "SQL_ERROR", message: text, queryId: "q1", retryable: false });
      }
    },
  );

  it.each([analyzeQuery, createDataFrame, filterOnDataFrame])(
    "takes what fails in $name for the statement",
    (method) => {
      expect(toE6Error(spoken(Code.InvalidArgument, "no such column"), { method }).code).toBe("SQL_ERROR");
    },
  );

  it("does not mistake the words for a switch under another code", () => {
    const error = toE6Error(spoken(Code.Internal, "status: 456"), { method: getNextResultBatch });
    expect(error.code).toBe("SQL_ERROR");
  });

  it.each<[Code, E6ErrorCode]>([
    [Code.Canceled, "CANCELLED"],
    [Code.Unknown, "INTERNAL"],
    [Code.InvalidArgument, "INVALID_PARAMETER"],
    [Code.DeadlineExceeded, "DEADLINE_EXCEEDED"],
    [Code.NotFound, "NOT_FOUND"],
    [Code.PermissionDenied, "PERMISSION_DENIED"],
    [Code.ResourceExhausted, "RESOURCE_EXHAUSTED"],
    [Code.Unimplemented, "UNSUPPORTED"],
    [Code.Internal, "INTERNAL"],
    [Code.Unavailable, "GATEWAY"],
    [Code.Unauthenticated, "AUTHENTICATION_FAILED"],
  ])("last the gRPC code %i, for a call without a statement", (grpcCode, code) => {
    expect(toE6Error(spoken(grpcCode, "why"), { method: getTables }).code).toBe(code);
  });

  it.each([
    ["unreachable", "NETWORK", true],
    ["broken-off", "NETWORK", false],
    ["too-large", "RESOURCE_EXHAUSTED", false],
    ["not-grpc-web", "GATEWAY", false],
  ] as const)("tells %s on the way from what an engine says", (kind, code, retryable) => {
    const cause = new HttpFailure(kind, "what happened");
    expect(toE6Error(cause, { method: prepareStatementV2 })).toMatchObject({ code, retryable });
  });

  it("knows the end of a call's time, whether the engine tells it or nobody", () => {
    for (const failure of [spoken(Code.DeadlineExceeded, ""), new GrpcError(Code.DeadlineExceeded, "")]) {
      const error = toE6Error(failure, { method: prepareStatementV2, queryId: "q1" });
      expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: true, queryId: "q1" });
    }
  });

  it("does not blame the statement for an answer that cannot be read", () => {
    const error = toE6Error(new GrpcError(Code.Internal, "cannot parse"), { method: prepareStatementV2 });
    expect(error.code).toBe("INTERNAL");
  });

  it.each(Object.values(grpcCode))("knows gRPC code %i without a word beside it", (status) => {
    const { code, message } = toE6Error(spoken(status, ""), { method: prepareStatementV2 });
    expect(["STRATEGY_MISMATCH", "CLUSTER_SUSPENDED", "SESSION_EXPIRED"]).not.toContain(code);
    expect(message).not.toBe("");
  });

  it("hands on an E6Error that was thrown on the way", () => {
    const own = new E6Error("AUTHENTICATION_FAILED", "no token");
    expect(toE6Error(own, { method: authenticate })).toBe(own);
  });
});
