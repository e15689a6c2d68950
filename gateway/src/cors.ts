import { cors } from "@connectrpc/connect";
import { requestHeaders, responseHeaders } from "e6data-web/headers";
import { type StringMatcher, type Typed, typed } from "./envoy-config.ts";

/** The filter's name: in the chain, and as the key of its settings in the routes. */
export const corsFilter = "envoy.filters.http.cors";

/** Seconds for which a browser may keep a preflight's answer; more than this Chromium does not. */
const maxAge = 7200;

/** How a page may call. */
export const allowedMethods = "POST";

/** Headers that a page may send: gRPC-Web's own and the protocol's. */
export const allowedHeaders: readonly string[] = [...grpcWebHeaders(cors.allowedHeaders), ...requestHeaders];

/** Headers that a page may read: gRPC-Web's own and the gateway's. */
export const exposedHeaders: readonly string[] = [
  ...grpcWebHeaders(cors.exposedHeaders),
  ...responseHeaders,
  // With RATE_LIMITED.
  "retry-after",
];

/** Connect's lists serve three protocols; what begins with `connect-` belongs to one that the gateway does not speak. */
function grpcWebHeaders(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase()).filter((name) => !name.startsWith("connect-"));
}

/** The CORS rules for pages of the given origins, which {@link originProblem} has accepted. */
export function corsPolicy(origins: readonly string[]): Typed<object> {
  return typed("envoy.extensions.filters.http.cors.v3.CorsPolicy", {
    allow_origin_string_match: origins.map(originMatcher),
    allow_methods: allowedMethods,
    allow_headers: allowedHeaders.join(","),
    expose_headers: exposedHeaders.join(","),
    max_age: String(maxAge),
    // A preflight of a foreign origin ends here: no upstream is asked.
    forward_not_matching_preflights: false,
  });
}

const anyPort = ":*";

/** Matches the origin of a page that may call. */
export function originMatcher(origin: string): StringMatcher {
  if (!origin.endsWith(anyPort)) {
    return { exact: origin };
  }
  // A host holds no other characters that mean something to RE2, which matches the whole value: no anchors.
  const host = origin.slice(0, -anyPort.length).replaceAll(/[.[\]]/g, "\\$&");
  return { safe_regex: { regex: `${host}(:[0-9]{1,5})?` } };
}

/**
 * Checks one allowed origin: `https://host`, `http://host:port`, or `http://host:*` for every port of a host. Returns
 * what is wrong with it, or `undefined` if nothing is. Wildcards for hosts are refused: they hand every page of the
 * web (or of a domain where others can publish) the user's access.
 */
export function originProblem(origin: string): string | undefined {
  const base = origin.endsWith(anyPort) ? origin.slice(0, -anyPort.length) : origin;
  if (base.includes("*")) {
    return "no wildcard but ':*' for the port is allowed: name each host";
  }
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    return "write it as https://host or http://host:port";
  }
  const { origin: normal } = new URL(base);
  return normal === base ? undefined : `browsers send this origin as ${normal}: write it so`;
}
