import type { Reader } from "./reader.ts";
import { flag, loopbackAddress, portToListen } from "./rules.ts";

/** Envoy's own interface. */
export interface AdminSettings {
  /** A loopback address: nobody else may ask. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether it takes `POST /drain_listeners` and `/healthcheck/fail`, with which a supervisor ends a gateway gently. */
  readonly allowDrain: boolean;
}

/** Reads `admin`. */
export function readAdmin(reader: Reader): AdminSettings {
  return {
    host: reader.get("host", loopbackAddress, "127.0.0.1"),
    port: reader.get("port", portToListen, 9901),
    allowDrain: reader.get("allowDrain", flag, false),
  };
}
