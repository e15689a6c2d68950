import type { ListenerSettings } from "./config/listener.ts";
import { type HeaderValueOption, setHeader } from "./envoy-config.ts";

/** Seconds for which a browser calls by TLS only: a year. */
const transportSecurityAge = 31_536_000;

/**
 * Headers of every answer: results are for the caller alone, and nothing is what a browser may guess it to be. Those
 * who have once called by TLS never call in clear text again.
 */
export function securityHeaders({ tls }: Pick<ListenerSettings, "tls">): readonly HeaderValueOption[] {
  return [
    setHeader("cache-control", "no-store"),
    setHeader("x-content-type-options", "nosniff"),
    ...(tls === undefined ? [] : [setHeader("strict-transport-security", `max-age=${transportSecurityAge}`)]),
  ];
}
