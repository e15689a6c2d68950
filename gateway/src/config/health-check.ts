import type { Reader } from "./reader.ts";
import { duration, integer, oneOf } from "./rules.ts";

/**
 * How an address of a stack is asked whether it can be called: by a connection (`tcp`), or by a call (`grpc`) of a
 * method that does not exist. A call may be answered in any way that shows a live stack: 200, and also 456 (not the
 * active one) and 503 (suspended), since neither says that the stack cannot be reached. `none` asks nothing.
 */
const healthCheckKinds = ["tcp", "grpc", "none"] as const;

/** Active health checks of one stack. */
export interface HealthCheck {
  readonly kind: Exclude<(typeof healthCheckKinds)[number], "none">;
  /** Milliseconds between two checks of an address. */
  readonly interval: number;
  /** Milliseconds after which a check without an answer has failed. */
  readonly timeout: number;
  /** How many checks in a row must fail before an address gets no calls; one that succeeds brings it back. */
  readonly failures: number;
}

/** Reads `stacks.*.healthCheck`. */
export function readHealthCheck(reader: Reader): HealthCheck | undefined {
  const kind = reader.get("kind", oneOf(healthCheckKinds), "tcp");
  const rest = {
    interval: reader.get("interval", duration("100ms", "5m"), "5s"),
    timeout: reader.get("timeout", duration("10ms", "1m"), "2s"),
    failures: reader.get("failures", integer(1, 100), 3),
  };
  return kind === "none" ? undefined : { kind, ...rest };
}
