import { originProblem } from "../cors.ts";
import type { Reader, Rule } from "./reader.ts";
import { integer, ipAddress, listOf, portToListen } from "./rules.ts";
import { type ListenerTls, readListenerTls } from "./tls.ts";

/** Where pages and clients call. */
export interface ListenerSettings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Pages that may call from another origin than the gateway's own. */
  readonly origins: readonly string[];
  /** How many proxies of one's own stand before the gateway; the caller's address is what the outermost has seen. */
  readonly trustedProxies: number;
  /** Nothing: clear text. */
  readonly tls: ListenerTls | undefined;
}

/** An origin that pages may call from. */
export const origin: Rule<string> = {
  expects: "an origin such as https://app.example.com or http://localhost:*",
  parse(value) {
    const problem = typeof value === "string" ? originProblem(value) : `must be ${this.expects}`;
    return problem === undefined ? { value: String(value) } : { problem };
  },
};

/** A list of origins. */
export const origins: Rule<readonly string[]> = listOf(origin, { min: 0, max: 100 });

/** Reads `listener`. */
export function readListener(reader: Reader): ListenerSettings {
  return {
    host: reader.get("host", ipAddress, "127.0.0.1"),
    port: reader.required("port", portToListen),
    origins: reader.required("origins", origins),
    trustedProxies: reader.get("trustedProxies", integer(0, 10), 0),
    tls: reader.optionalSection("tls", readListenerTls),
  };
}
