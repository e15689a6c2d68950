import { type E6Error, type E6ErrorCode, isE6Error } from "e6data-web";
import { RequestError } from "./request-error.ts";

/** Which HTTP status a failure of the client becomes; every other code is 500. */
const statusOf: Partial<Readonly<Record<E6ErrorCode, number>>> = {
  INVALID_PARAMETER: 400,
  SQL_ERROR: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 413,
  RATE_LIMITED: 429,
  UNSUPPORTED: 501,
  // The caller has no credentials of the cluster's: if these are refused, it is this function's set-up.
  AUTHENTICATION_FAILED: 502,
  GATEWAY: 502,
  NETWORK: 502,
  MALFORMED_RESULT: 502,
  RESULT_INCOMPLETE: 502,
  CLUSTER_SUSPENDED: 503,
  NO_ACTIVE_STACK: 503,
  STRATEGY_MISMATCH: 503,
  RESULT_INTERRUPTED: 503,
  SUBMISSION_UNKNOWN: 502,
  DEADLINE_EXCEEDED: 504,
};

/** Answers a failure as `{ "error": { "code", "message", … } }`. Credentials are in none of these fields. */
export function answerError(error: unknown): Response {
  if (error instanceof RequestError) {
    const { status, headers, message } = error;
    return Response.json({ error: { code: "INVALID_PARAMETER", message, retryable: false } }, { status, headers });
  }
  if (isE6Error(error)) {
    return Response.json({ error: describe(error) }, { status: statusFor(error) });
  }
  // Whatever this is, its text was not written for callers.
  const unknown = { code: "INTERNAL", message: "the function failed", retryable: false };
  return Response.json({ error: unknown }, { status: 500 });
}

function statusFor({ code, retryable }: E6Error): number {
  // Either too much was asked for, or there is no room at the moment.
  return code === "RESOURCE_EXHAUSTED" && retryable ? 503 : (statusOf[code] ?? 500);
}

function describe({ code, message, retryable, hint, reason, queryId, strategy }: E6Error) {
  return { code, message, retryable, hint, reason, queryId, strategy };
}
