import type { CallClass } from "e6data-web/proto";
import type { Reader } from "./reader.ts";
import { duration, integer } from "./rules.ts";

/** How many calls one address of a caller may make: a bucket of tokens, one of which each call takes. */
export interface RateLimit {
  /** What the bucket holds when it is full. */
  readonly burst: number;
  /** How many tokens it gets in each `per`. */
  readonly calls: number;
  /** Milliseconds. */
  readonly per: number;
}

/** Limits of calls, for each class of them. Beyond: `RATE_LIMITED`. Each gateway counts for itself. */
export interface RateLimitSettings {
  /** For each class; a class that is missing is not limited. */
  readonly classes: Readonly<Partial<Record<CallClass, RateLimit>>>;
  /** How many addresses are kept in mind; beyond, the one that was silent longest begins anew. */
  readonly clients: number;
}

/** Reads `rateLimits`. */
export function readRateLimits(reader: Reader): RateLimitSettings {
  const newWork = reader.optionalSection("newWork", readRateLimit);
  const continuing = reader.optionalSection("continuing", readRateLimit);
  return {
    classes: { ...(newWork && { new: newWork }), ...(continuing && { continue: continuing }) },
    clients: reader.get("clients", integer(1, 1_000_000), 10_000),
  };
}

function readRateLimit(reader: Reader): RateLimit {
  const calls = reader.required("calls", integer(1, 1_000_000));
  return {
    calls,
    per: reader.get("per", duration("50ms", "1h"), "1s"),
    burst: reader.optional("burst", integer(1, 1_000_000)) ?? calls,
  };
}
