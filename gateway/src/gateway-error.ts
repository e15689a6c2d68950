/** Why the gateway could not be started, changed or kept running. Closed: callers may branch on it. */
export const gatewayErrorCodes = [
  "INVALID_OPTION",
  "ENVOY_MISSING",
  "CONFIGURATION_REFUSED",
  "PORT_UNAVAILABLE",
  "ENVOY_ENDED",
  "TIMEOUT",
  "ROUTES_REJECTED",
  "METRICS_UNREADABLE",
  "STACK_FAILED",
  "CLOSED",
  "DEPLOYMENT_BROKEN",
  "DEPLOYMENT_LOCKED",
  "DEPLOYMENT_REFUSED",
  "HAND_ON_FAILED",
  "NOT_READY",
  "NOT_DRAINED",
  "CHECK_FAILED",
] as const;

/** One of {@link gatewayErrorCodes}. */
export type GatewayErrorCode = (typeof gatewayErrorCodes)[number];

/** Every failure of this package: one line that names the cause and, where there is one, the remedy. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
