import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { E6Error, type E6ErrorDetails, isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { type GatewayReason, headerReason, type Strategy } from "../headers.ts";
import { HttpFailure, type HttpFailureKind } from "./http-failure.ts";
import { sqlPosition } from "./sql-position.ts";

/** What a failed call was about. */
export interface FailedCall {
  readonly method: DescMethod;
  readonly strategy?: Strategy | undefined;
  readonly queryId?: string | undefined;
}

/** What a failure means: its code, what the caller reads, and whether a second try may help. */
interface Meaning {
  readonly code: E6ErrorCode;
  /** Left out where the engine's own text says it. */
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
const rateLimited: Meaning = { code: "RATE_LIMITED", message: "the gateway limits the rate of calls", retryable: true };
const tooLarge: Meaning = { code: "RESOURCE_EXHAUSTED", message: "the request is larger than the gateway accepts" };
const gatewayTimeout: Meaning = { code: "GATEWAY", message: "the engine did not answer the gateway in time" };
const unauthenticated: Meaning = { code: "AUTHENTICATION_FAILED", message: "the credentials were refused" };

/** First, for it knows most: the gateway's own reason. */
const byReason: Readonly<Record<GatewayReason, Meaning>> = {
  STRATEGY_MISMATCH: mismatch,
  CLUSTER_SUSPENDED: suspended,
  INVALID_STRATEGY: { code: "GATEWAY", message: "the gateway does not know the stack that was asked" },
  NO_ROUTE: { code: "GATEWAY", message: "the gateway has no route for this call" },
  RATE_LIMITED: rateLimited,
  OVERLOADED: { code: "RESOURCE_EXHAUSTED", message: "the gateway is overloaded", retryable: true },
  NO_HEALTHY_UPSTREAM: { code: "GATEWAY", message: "the gateway reaches no engine of this stack", retryable: true },
  UPSTREAM_RESET: { code: "GATEWAY", message: "the engine closed the connection before it had answered" },
  UPSTREAM_NOT_GRPC: { code: "GATEWAY", message: "what answered behind the gateway is not an engine" },
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

const byHttpFailure: Readonly<Record<Exclude<HttpFailureKind, "status">, Meaning>> = {
  unreachable: {
    code: "NETWORK",
    message: "the gateway could not be reached",
    retryable: true,
    hint: "check the address, the network and, in a page, that the gateway allows this origin",
  },
  "broken-off": { code: "NETWORK", message: "the connection was lost before the answer was complete" },
  "too-large": {
    code: "RESOURCE_EXHAUSTED",
    message: 'the answer is larger than "maxMessageBytes"',
    hint: 'raise the option "maxMessageBytes", or let the query return less',
  },
  "not-grpc-web": {
    code: "GATEWAY",
    message: "the address answers, but not with gRPC-Web",
    hint: 'check that "url" is the address of the gateway',
  },
};

/**
 * Third: text, and only with the code and the wording of a load balancer, from the first word on: an engine's SQL error
 * begins with words of its own, so one that quotes "status: 456" stays an SQL error. Only the end of a session is
 * looked for anywhere in the text, for engines wrap it; the text is kept, in case it was about something else.
 */
const byText: readonly { readonly code: Code; readonly text: RegExp; readonly meaning: Meaning }[] = [
  {
    code: Code.Unknown,
    text: /^(received http2 header with |received http )?status:? (code )?456\b/i,
    meaning: mismatch,
  },
  { code: Code.InvalidArgument, text: /^(wrong strategy\. )?status: 456\b/i, meaning: mismatch },
  { code: Code.Unavailable, text: /^(received http2 header with )?status: 503\b/i, meaning: suspended },
  { code: Code.Internal, text: /\baccess denied\b/i, meaning: { code: "SESSION_EXPIRED" } },
];

/** Last: the gRPC code. A statement's failure keeps the engine's own text. */
const byCode: Readonly<Record<Code, Meaning>> = {
  [Code.Canceled]: { code: "CANCELLED", message: "the engine cancelled the call" },
  [Code.Unknown]: { code: "INTERNAL" },
  [Code.InvalidArgument]: { code: "INVALID_PARAMETER" },
  [Code.DeadlineExceeded]: { code: "DEADLINE_EXCEEDED", message: "the call took too long", retryable: true },
  [Code.NotFound]: { code: "NOT_FOUND" },
  [Code.AlreadyExists]: { code: "INTERNAL" },
  [Code.PermissionDenied]: { code: "PERMISSION_DENIED" },
  [Code.ResourceExhausted]: { code: "RESOURCE_EXHAUSTED", retryable: true },
  [Code.FailedPrecondition]: { code: "INTERNAL" },
  [Code.Aborted]: { code: "INTERNAL" },
  [Code.OutOfRange]: { code: "INTERNAL" },
  [Code.Unimplemented]: { code: "UNSUPPORTED" },
  [Code.Internal]: { code: "INTERNAL" },
  [Code.Unavailable]: { code: "GATEWAY", retryable: true },
  [Code.DataLoss]: { code: "INTERNAL" },
  [Code.Unauthenticated]: unauthenticated,
};

/** Codes by which an engine reports that a statement is wrong or failed. */
const statementCodes: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.InvalidArgument,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.Aborted,
  Code.OutOfRange,
  Code.Internal,
]);

/** Turns whatever a call was rejected with into an {@link E6Error}. Every failure of a call passes through here. */
export function toE6Error(thrown: unknown, call: FailedCall): E6Error {
  const failure = ConnectError.from(thrown);
  if (isE6Error(failure.cause)) {
    return failure.cause;
  }
  const reason = failure.metadata.get(headerReason) ?? httpFailureOf(failure)?.headers.get(headerReason) ?? undefined;
  const meaning = explain(failure, reason, call.method);
  const details: E6ErrorDetails = {
    cause: failure,
    retryable: meaning.retryable ?? false,
    ...(call.queryId === undefined ? {} : { queryId: call.queryId }),
    ...(call.strategy === undefined ? {} : { strategy: call.strategy }),
    ...(reason === undefined ? {} : { reason }),
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    position: meaning.code === "SQL_ERROR" ? sqlPosition(failure.rawMessage) : undefined,
  };
  return new E6Error(meaning.code, meaning.message ?? (failure.rawMessage || "the engine gave no reason"), details);
}

function explain(failure: ConnectError, reason: string | undefined, method: DescMethod): Meaning {
  if (reason !== undefined) {
    return explainReason(reason);
  }
  const http = httpFailureOf(failure);
  if (http !== undefined) {
    return http.kind === "status" ? explainStatus(http.status) : byHttpFailure[http.kind];
  }
  if (!isSpoken(failure)) {
    return explainUnspoken(failure);
  }
  const text = failure.rawMessage.trim();
  const worded = byText.find((form) => form.code === failure.code && form.text.test(text));
  if (worded !== undefined) {
    return worded.meaning;
  }
  return isAboutStatement(method) && statementCodes.has(failure.code) ? { code: "SQL_ERROR" } : byCode[failure.code];
}

function explainReason(reason: string): Meaning {
  const status = /^UPSTREAM_HTTP_(\d{3})$/.exec(reason)?.[1];
  if (status !== undefined) {
    return explainStatus(Number(status));
  }
  return isGatewayReason(reason)
    ? byReason[reason]
    : { code: "GATEWAY", message: "the gateway refused or lost the call" };
}

function explainStatus(status: number): Meaning {
  return byStatus.get(status) ?? { code: "GATEWAY", message: `the gateway answered with HTTP status ${status}` };
}

/** Failures that no grpc-status came with are of our own side: a deadline, an abort, an answer that cannot be read. */
function explainUnspoken(failure: ConnectError): Meaning {
  return failure.code === Code.DeadlineExceeded || failure.code === Code.Canceled
    ? byCode[failure.code]
    : { code: "INTERNAL" };
}

function httpFailureOf(failure: ConnectError): HttpFailure | undefined {
  return failure.cause instanceof HttpFailure ? failure.cause : undefined;
}

/** True if somebody at the other end said so: the failure came with a gRPC status. */
function isSpoken(failure: ConnectError): boolean {
  return failure.metadata.has("grpc-status") || failure.metadata.has("grpc-status-details-bin");
}

function isGatewayReason(reason: string): reason is GatewayReason {
  return Object.hasOwn(byReason, reason);
}

const statementFields: ReadonlySet<string> = new Set(["queryString", "query", "queryId", "dataframeNumber"]);

/** True for calls that carry a statement, name a query or make a data frame: what fails there is, without a better reason, the statement. */
function isAboutStatement(method: DescMethod): boolean {
  return method.input.fields.some((field) => statementFields.has(field.name));
}
