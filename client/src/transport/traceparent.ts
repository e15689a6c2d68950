/**
 * Tells whether a value is a trace context that a `traceparent` header may carry: version, trace, span and flags as in the
 * W3C recommendation "Trace Context"; neither of the ids is all zeros, which would say that nothing is traced.
 */
export function isTraceparent(value: unknown): value is string {
  return (
    typeof value === "string" && /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(value)
  );
}

/** What {@link isTraceparent} asks for, in words. */
export const traceparentWords = "a W3C trace context such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
