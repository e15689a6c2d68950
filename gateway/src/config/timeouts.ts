import type { Reader } from "./reader.ts";
import { duration } from "./rules.ts";

/** When the gateway stops waiting. All in milliseconds. */
export interface TimeoutSettings {
  /** For a connection to a stack, TLS included. */
  readonly connect: number;
  /** For the TLS of a caller that has connected. */
  readonly handshake: number;
  /** For a request's headers. */
  readonly requestHeaders: number;
  /** For a whole request. */
  readonly request: number;
  /** For a sign of life of a call: a prepare is silent while it runs. */
  readonly silence: number;
  /** For the end of any call, also where the caller would wait longer. */
  readonly call: number;
  /** For the next call on a connection without any. */
  readonly idleConnection: number;
}

/** Reads `timeouts`. */
export function readTimeouts(reader: Reader): TimeoutSettings {
  const settings: TimeoutSettings = {
    connect: reader.get("connect", duration("10ms", "1m"), "3s"),
    handshake: reader.get("handshake", duration("10ms", "1m"), "10s"),
    requestHeaders: reader.get("requestHeaders", duration("10ms", "5m"), "10s"),
    request: reader.get("request", duration("10ms", "1h"), "60s"),
    silence: reader.get("silence", duration("10ms", "24h"), "660s"),
    call: reader.get("call", duration("10ms", "24h"), "1h"),
    idleConnection: reader.get("idleConnection", duration("1s", "24h"), "15m"),
  };
  if (settings.requestHeaders > settings.request) {
    reader.refuse("requestHeaders", "must not be longer than request, which holds the headers");
  }
  return settings;
}
