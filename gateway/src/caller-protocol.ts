import { type AccessLogFilter, type Extension, type HeaderMatcher, setHeader, typed } from "./envoy-config.ts";
import { type Condition, regex } from "./skipped-filter.ts";

/**
 * The header in which Envoy itself notes how a call came: the HTTP version and the content type, such as `HTTP/2 application/grpc-web+proto`.
 * grpc_web changes the content type, and what is asked of a call later depends on what it was. Stacks see it too.
 */
export const headerProtocol = "x-e6-protocol";

/** Longer content types are cut: no served one is so long. */
const maxContentType = 60;

/** Notes it before anything else looks at a call, over whatever a caller may have written there. */
export const noteProtocol: Extension = {
  name: "e6.note_protocol",
  typed_config: typed("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation", {
    mutations: [{ append: setHeader(headerProtocol, `%PROTOCOL% %REQ(content-type):${maxContentType}%`) }],
  }),
};

/** gRPC-Web in its binary form, exactly as grpc_web translates it, and native gRPC of any kind: its answers need the trailers of HTTP/2. */
const served = "HTTP/[\\d.]+ application/grpc-web(\\+proto)?|HTTP/[23] application/grpc([+;].*)?";

/** Calls that are not served, whatever they ask for. */
export const isUnserved: HeaderMatcher = {
  name: headerProtocol,
  string_match: { safe_regex: { regex: served } },
  invert_match: true,
  treat_missing_header_as_empty: true,
};

const web = "HTTP/[\\d.]+ application/grpc-web.*";

/** gRPC-Web of any kind, served or not: what its callers can read as an error. */
export const isWeb: AccessLogFilter = {
  header_filter: { header: { name: headerProtocol, string_match: { safe_regex: { regex: web } } } },
};

/** The opposite of {@link isWeb}, for filters. */
export const isNotWeb: Condition = { of: "request", header: headerProtocol, value: regex(web), not: true };
