import { Admin } from "../src/admin.ts";

/** Envoy's counters of connections that have ended, and of those that it has asked to end. */
export const endings = [
  "http.gateway.downstream_cx_destroy",
  "http2.goaway_sent",
  "cluster.e6_blue.upstream_cx_destroy",
  "cluster.e6_green.upstream_cx_destroy",
];

/** What one gateway has counted of {@link endings}. */
export function countEndings({ adminUrl }: { readonly adminUrl: string }): Promise<ReadonlyMap<string, string>> {
  return new Admin(adminUrl).stats(`^(${endings.join("|").replaceAll(".", "\\.")})$`);
}
