/** Every code that an {@link E6Error} can carry. The list is closed; each code is a heading of `docs/errors.md`. */
export const errorCodes = [
  "INVALID_OPTION",
  "INVALID_PARAMETER",
  "AUTHENTICATION_FAILED",
  "PERMISSION_DENIED",
  "SESSION_EXPIRED",
  "SQL_ERROR",
  "NOT_FOUND",
  "UNSUPPORTED",
  "CANCELLED",
  "DEADLINE_EXCEEDED",
  "NETWORK",
  "GATEWAY",
  "RATE_LIMITED",
  "RESOURCE_EXHAUSTED",
  "CLUSTER_SUSPENDED",
  "RESUME_FAILED",
  "NO_ACTIVE_STACK",
  "STRATEGY_MISMATCH",
  "RESULT_INTERRUPTED",
  "RESULT_INCOMPLETE",
  "MALFORMED_RESULT",
  "PRECISION_LOSS",
  "SUBMISSION_UNKNOWN",
  "STALE_HANDLE",
  "CLOSED",
  "POOL_TIMEOUT",
  "INTERNAL",
] as const;

/**
 * One of {@link errorCodes}.
 *
 * @useDeclaredType
 */
export type E6ErrorCode = (typeof errorCodes)[number];
