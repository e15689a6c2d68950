/**
 * Tells whether a value is a trace context that a `traceparent` header may carry: version, trace, span and flags as in the
 * W3C recommendation "Trace Context"; neither of the ids is all zeros, which would say that nothing is traced.
 */
export function isTraceparent(value: unknown): value is string {
  return (
    typeof value === "string" && /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(value)
  );
}
