import { Code } from "@connectrpc/connect";
import type { GatewayReason } from "e6data-web/headers";

/** What a gRPC-Web caller is told when the gateway, not an engine, ends a call. */
export interface Failure {
  /** The value of `x-e6-reason`. */
  readonly reason: GatewayReason | `UPSTREAM_HTTP_${number}`;
  readonly grpcStatus: Code;
  /** The `grpc-message`: fixed text, printable ASCII without `%`, so that it needs no percent-encoding. */
  readonly message: string;
  /** The value of `x-e6-retry-safe`: true only where the call surely never reached an engine. */
  readonly retrySafe: boolean;
}

/** Bare HTTP statuses with a meaning of their own: the manners of the load balancer before each stack. */
export const upstreamFailures = {
  456: {
    reason: "STRATEGY_MISMATCH",
    grpcStatus: Code.FailedPrecondition,
    message: "the stack asked for is not the active one",
    retrySafe: true,
  },
  503: {
    reason: "CLUSTER_SUSPENDED",
    grpcStatus: Code.Unavailable,
    message: "the cluster is suspended",
    retrySafe: true,
  },
  // What is turned away for its number is not begun.
  429: {
    reason: "UPSTREAM_HTTP_429",
    grpcStatus: Code.Unavailable,
    message: "the upstream answered HTTP 429",
    retrySafe: true,
  },
} as const satisfies Readonly<Record<number, Failure>>;

/** An upstream's HTTP 200 that is not gRPC: a load balancer's page, say. */
export const notGrpcFailure: Failure = {
  reason: "UPSTREAM_NOT_GRPC",
  grpcStatus: Code.Unknown,
  message: "the upstream answered something that is not gRPC",
  retrySafe: false,
};

/**
 * The gRPC status of any other HTTP status of an upstream, as gRPC's own mapping has it; a status that is not here is
 * `Unknown`. The reason is `UPSTREAM_HTTP_<status>`, and a second try is not safe.
 */
export const upstreamStatusCodes: Readonly<Record<number, Code>> = {
  400: Code.Internal,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.Unimplemented,
  502: Code.Unavailable,
  504: Code.Unavailable,
};

/** What calls are told while memory is short: before any filter, so that no stack was asked. */
export const memoryFailure: Failure = {
  reason: "OVERLOADED",
  grpcStatus: Code.Unavailable,
  message: "the gateway is short of memory",
  retrySafe: true,
};

/** A refusal of the state gate: callers that speak no gRPC of any kind get the HTTP status and the message as text. */
export interface GateFailure extends Failure {
  readonly httpStatus: number;
  /** What callers of native gRPC get in place of the status and the message: what they know of stacks without a gateway. */
  readonly native?: Pick<Failure, "grpcStatus" | "message">;
}

/** Calls that the state gate refuses before any upstream is asked, by the name of the gate's rule. */
export const gateFailures = {
  unknownMethod: {
    httpStatus: 404,
    reason: "NO_ROUTE",
    grpcStatus: Code.Unimplemented,
    message: "no such method",
    retrySafe: false,
  },
  badStrategy: {
    httpStatus: 400,
    reason: "INVALID_STRATEGY",
    grpcStatus: Code.InvalidArgument,
    message: "the strategy header must be blue or green, once",
    retrySafe: false,
  },
  badContentType: {
    httpStatus: 415,
    reason: "NO_ROUTE",
    grpcStatus: Code.Unimplemented,
    message: "served are application/grpc-web+proto and, over HTTP/2, application/grpc; not this content type",
    retrySafe: false,
  },
  notActive: {
    ...upstreamFailures[456],
    httpStatus: 456,
    // The words of gRPC's own library for a bare 456, which the Python connector looks for.
    native: { grpcStatus: Code.Unknown, message: "Received http2 header with status: 456" },
  },
} as const satisfies Readonly<Record<string, GateFailure>>;

/** The name of a rule of the state gate. */
export type GateRule = keyof typeof gateFailures;

/** How one of Envoy's own errors is recognised: by its response flags, by its status, or by any status from one on. */
export type LocalFailureMatch =
  | { readonly flags: readonly string[] }
  | { readonly status: number }
  | { readonly statusFrom: number };

/** One of Envoy's own errors. */
export interface LocalFailure extends Failure {
  readonly match: LocalFailureMatch;
}

const timeout = {
  reason: "GATEWAY_TIMEOUT",
  grpcStatus: Code.DeadlineExceeded,
  message: "the gateway waited too long for the engine",
  retrySafe: false,
} as const satisfies Failure;

const unauthenticated = {
  reason: "UNAUTHENTICATED",
  grpcStatus: Code.Unauthenticated,
  message: "the token is missing or not accepted",
  retrySafe: false,
} as const satisfies Failure;

/**
 * Envoy's own errors; the first match counts. `UF` (no connection) stands before `UO` (too many calls, or retries, in
 * flight), since a failed connection has that too where it could not be retried for all the others that were. `URX`
 * (retries used up) stands beside it, and before `UR` (reset): only what surely never reached the stack is tried again.
 * Time-outs of `max_stream_duration` and `grpc-timeout` set no flag, so they are known by status. The last row catches
 * what no other knows.
 */
export const localFailures: readonly LocalFailure[] = [
  { match: { flags: ["UT", "SI", "DT", "UMSDR"] }, ...timeout },
  {
    match: { flags: ["UH", "UF", "NC", "URX"] },
    reason: "NO_HEALTHY_UPSTREAM",
    grpcStatus: Code.Unavailable,
    message: "the stack cannot be reached",
    retrySafe: true,
  },
  {
    match: { flags: ["UO", "OM"] },
    reason: "OVERLOADED",
    grpcStatus: Code.Unavailable,
    message: "the gateway has too many calls in flight",
    retrySafe: true,
  },
  {
    match: { flags: ["UC", "UR", "LR", "UPE"] },
    reason: "UPSTREAM_RESET",
    grpcStatus: Code.Unavailable,
    message: "the stack dropped the call",
    retrySafe: false,
  },
  { match: { flags: ["NR"] }, ...gateFailures.unknownMethod },
  {
    // Its flag is set too late to be matched.
    match: { status: 429 },
    reason: "RATE_LIMITED",
    grpcStatus: Code.ResourceExhausted,
    message: "too many calls from this address",
    retrySafe: true,
  },
  { match: { status: 401 }, ...unauthenticated },
  // A good token for somebody else.
  { match: { status: 403 }, ...unauthenticated },
  {
    match: { status: 413 },
    reason: "REQUEST_TOO_LARGE",
    grpcStatus: Code.ResourceExhausted,
    message: "the request is larger than the gateway takes",
    retrySafe: false,
  },
  { match: { status: 504 }, ...timeout },
  { match: { status: 408 }, ...timeout },
  {
    match: { statusFrom: 400 },
    reason: "GATEWAY_ERROR",
    grpcStatus: Code.Internal,
    message: "the gateway could not serve the call",
    retrySafe: false,
  },
];
