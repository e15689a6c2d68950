import type { Reader } from "./reader.ts";
import { integer, size } from "./rules.ts";

/** What a caller, and all callers together, may use. */
export interface LimitSettings {
  /** Bytes of a request's body; beyond: `REQUEST_TOO_LARGE`. */
  readonly requestBody: number;
  /** Bytes of a request's headers together; beyond: HTTP 431. */
  readonly requestHeaders: number;
  /** How many headers a request may have; beyond: HTTP 431. */
  readonly requestHeaderCount: number;
  /** Connections of callers together; beyond: the connection is closed. */
  readonly connections: number;
  /** Calls in flight on one connection of HTTP/2; beyond: the caller waits. */
  readonly callsPerConnection: number;
  /** Calls in flight to one stack; beyond: `OVERLOADED`. */
  readonly callsPerStack: number;
  /** Calls that wait for a connection to one stack; beyond: `OVERLOADED`. */
  readonly waitingPerStack: number;
  /** Connections to one stack. */
  readonly connectionsPerStack: number;
  /** Bytes of Envoy's memory; close to it, calls are told `OVERLOADED`. Nothing: as much as the system gives. */
  readonly memory: number | undefined;
}

/** Reads `limits`. */
export function readLimits(reader: Reader): LimitSettings {
  return {
    // gRPC's usual limit for a message, and room for its frame.
    requestBody: reader.get("requestBody", size("1KiB", "256MiB"), "4097KiB"),
    requestHeaders: reader.get("requestHeaders", size("1KiB", "1MiB"), "32KiB"),
    requestHeaderCount: reader.get("requestHeaderCount", integer(20, 1000), 100),
    connections: reader.get("connections", integer(1, 1_000_000), 10_000),
    callsPerConnection: reader.get("callsPerConnection", integer(1, 10_000), 1000),
    callsPerStack: reader.get("callsPerStack", integer(1, 1_000_000), 1000),
    waitingPerStack: reader.get("waitingPerStack", integer(1, 1_000_000), 1000),
    connectionsPerStack: reader.get("connectionsPerStack", integer(1, 10_000), 100),
    memory: reader.optional("memory", size("64MiB", "512GiB")),
  };
}
