import { E6Error, type E6ErrorDetails, isE6Error, knownPlace } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { type GatewayReason, headerReason, type Strategy } from "../headers.ts";
import type { AnyMethod } from "../protobuf/schema.ts";
import * as grpcCode from "./grpc-code.ts";
import { type GrpcCode, GrpcError } from "./grpc-status.ts";
import { HttpFailure, type HttpFailureKind } from "./http-failure.ts";
import { sqlPosition } from "./sql-position.ts";

/** What a failed call was about. */
export interface FailedCall {
  readonly method: AnyMethod;
  readonly strategy?: Strategy | undefined;
  readonly queryId?: string | undefined;
}

/** What a failure means: its code, what the caller reads, and whether a second try may help. */
interface Meaning {
  readonly code: E6ErrorCode;
  /** Left out where the failure's own text says it: the engine's, for the most part. */
  readonly message?: string;
  readonly retryable?: boolean;
  readonly hint?: string;
}

const mismatch: Meaning = {
  code: "STRATEGY_MISMATCH",
  message: "the stack that was asked is not the active one",
  retryable: true,
};
const suspended: Meaning = {
  code: "CLUSTER_SUSPENDED",
  message: "the cluster is suspended",
  retryable: true,
  hint: "resume the cluster, then run the query again",
};
const rateLimited: Meaning = { code: "RATE_LIMITED", message: "the gateway limits calls", retryable: true };
const tooLarge: Meaning = { code: "RESOURCE_EXHAUSTED", message: "the request is too large for the gateway" };
const gatewayTimeout: Meaning = { code: "GATEWAY", message: "the engine did not answer in time" };
const late: Meaning = { code: "DEADLINE_EXCEEDED", message: "the call took too long", retryable: true };
const internal: Meaning = { code: "INTERNAL" };
const unauthenticated: Meaning = { code: "AUTHENTICATION_FAILED", message: "the credentials were refused" };

/** First, for it knows most: the gateway's own reason. */
const byReason: Readonly<Record<GatewayReason, Meaning>> = {
  STRATEGY_MISMATCH: mismatch,
  CLUSTER_SUSPENDED: suspended,
  INVALID_STRATEGY: { code: "GATEWAY", message: "the gateway does not know the stack" },
  NO_ROUTE: { code: "GATEWAY", message: "the gateway does not know the call" },
  RATE_LIMITED: rateLimited,
  UNAUTHENTICATED: unauthenticated,
  OVERLOADED: { code: "RESOURCE_EXHAUSTED", message: "the gateway is overloaded", retryable: true },
  NO_HEALTHY_UPSTREAM: { code: "GATEWAY", message: "the gateway reaches no engine there", retryable: true },
  UPSTREAM_RESET: { code: "GATEWAY", message: "the engine closed the connection" },
  UPSTREAM_NOT_GRPC: { code: "GATEWAY", message: "no engine answered behind the gateway" },
  GATEWAY_TIMEOUT: gatewayTimeout,
  REQUEST_TOO_LARGE: tooLarge,
  GATEWAY_ERROR: { code: "GATEWAY", message: "the gateway failed" },
};

/** Second: the HTTP status, of the gateway itself or (`UPSTREAM_HTTP_<status>`) of what stands behind it. */
const byStatus: ReadonlyMap<number, Meaning> = new Map([
  [456, mismatch],
  [503, suspended],
  [401, unauthenticated],
  [403, { code: "PERMISSION_DENIED", message: "the gateway refused the call" }],
  [413, tooLarge],
  [429, rateLimited],
  [408, gatewayTimeout],
  [504, gatewayTimeout],
]);

/** What happened, the failure itself says, where nothing is said here. */
const byHttpFailure: Readonly<Record<Exclude<HttpFailureKind, "status">, Meaning>> = {
  unreachable: {
    code: "NETWORK",
    retryable: true,
    hint: "check the address, the network and, in a page, that the gateway allows this origin",
  },
  "broken-off": { code: "NETWORK" },
  "too-large": {
    code: "RESOURCE_EXHAUSTED",
    message: 'the answer is larger than "maxMessageBytes"',
    hint: 'raise the option "maxMessageBytes", or let the query return less',
  },
  "not-grpc-web": {
    code: "GATEWAY",
    hint: 'check that "url" is the address of the gateway',
  },
};

/**
 * Third: text, and only with the code and the wording of a load balancer, from the first word on: an engine's SQL error
 * begins with words of its own, so one that quotes "status: 456" stays an SQL error. Only the end of a session is
 * looked for anywhere in the text, for engines wrap it; the text is kept, in case it was about something else.
 */
const byText: readonly { readonly code: GrpcCode; readonly text: RegExp; readonly meaning: Meaning }[] = [
  {
    code: grpcCode.unknown,
    text: /^(received http2 header with |received http )?status:? (code )?456\b/i,
    meaning: mismatch,
  },
  { code: grpcCode.invalidArgument, text: /^(wrong strategy\. )?status: 456\b/i, meaning: mismatch },
  { code: grpcCode.unavailable, text: /^(received http2 header with )?status: 503\b/i, meaning: suspended },
  { code: grpcCode.internal, text: /\baccess denied\b/i, meaning: { code: "SESSION_EXPIRED" } },
];

/** Last: the gRPC code; any other is internal. A statement's failure keeps the engine's own text. */
const byCode: Readonly<Partial<Record<GrpcCode, Meaning>>> = {
  [grpcCode.canceled]: { code: "CANCELLED", message: "the engine cancelled the call" },
  [grpcCode.invalidArgument]: { code: "INVALID_PARAMETER" },
  [grpcCode.deadlineExceeded]: late,
  [grpcCode.notFound]: { code: "NOT_FOUND" },
  [grpcCode.permissionDenied]: { code: "PERMISSION_DENIED" },
  [grpcCode.resourceExhausted]: { code: "RESOURCE_EXHAUSTED", retryable: true },
  [grpcCode.unimplemented]: { code: "UNSUPPORTED" },
  [grpcCode.unavailable]: { code: "GATEWAY", retryable: true },
  [grpcCode.unauthenticated]: unauthenticated,
};

/** Codes by which an engine reports that a statement is wrong or failed. */
const statementCodes: ReadonlySet<GrpcCode> = new Set([
  grpcCode.unknown,
  grpcCode.invalidArgument,
  grpcCode.alreadyExists,
  grpcCode.failedPrecondition,
  grpcCode.aborted,
  grpcCode.outOfRange,
  grpcCode.internal,
]);

/** Turns whatever a call was rejected with into an {@link E6Error}. Every failure of a call passes through here. */
export function toE6Error(thrown: unknown, call: FailedCall): E6Error {
  if (isE6Error(thrown)) {
    return thrown;
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const headers = thrown instanceof GrpcError || thrown instanceof HttpFailure ? thrown.headers : undefined;
  const reason = headers?.get(headerReason) ?? undefined;
  const meaning = reason === undefined ? explain(thrown, call.method) : explainReason(reason);
  const details: E6ErrorDetails = {
    ...meaning,
    cause: thrown,
    ...knownPlace(call),
    ...(reason !== undefined && { reason }),
    position: meaning.code === "SQL_ERROR" ? sqlPosition(text) : undefined,
  };
  return new E6Error(meaning.code, meaning.message ?? (text || "the engine gave no reason"), details);
}

function explain(failure: unknown, method: AnyMethod): Meaning {
  if (failure instanceof HttpFailure) {
    return failure.kind === "status" ? explainHttpStatus(failure.status) : byHttpFailure[failure.kind];
  }
  if (failure instanceof GrpcError && failure.isSpoken) {
    return explainGrpcStatus(failure, method);
  }
  // What no grpc-status came with is of our own side: a deadline, or an answer that cannot be read.
  return failure instanceof GrpcError && failure.code === grpcCode.deadlineExceeded ? late : internal;
}

function explainGrpcStatus({ code, message }: GrpcError, method: AnyMethod): Meaning {
  const text = message.trim();
  const worded = byText.find((form) => form.code === code && form.text.test(text));
  if (worded !== undefined) {
    return worded.meaning;
  }
  return isAboutStatement(method) && statementCodes.has(code) ? { code: "SQL_ERROR" } : (byCode[code] ?? internal);
}

function explainReason(reason: string): Meaning {
  const status = /^UPSTREAM_HTTP_(\d{3})$/.exec(reason)?.[1];
  if (status !== undefined) {
    return explainHttpStatus(Number(status));
  }
  return isGatewayReason(reason)
    ? byReason[reason]
    : { code: "GATEWAY", message: "the gateway lost or refused the call" };
}

function explainHttpStatus(status: number): Meaning {
  return byStatus.get(status) ?? { code: "GATEWAY", message: `the gateway answered with HTTP status ${status}` };
}

function isGatewayReason(reason: string): reason is GatewayReason {
  return Object.hasOwn(byReason, reason);
}

const statementFields: ReadonlySet<string> = new Set(["queryString", "query", "queryId", "dataframeNumber"]);

/** True for calls that carry a statement, name a query or make a data frame: what fails there is, without a better reason, the statement. */
function isAboutStatement(method: AnyMethod): boolean {
  return method.input.some(([, name]) => statementFields.has(name));
}
