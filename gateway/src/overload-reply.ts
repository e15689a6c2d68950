import type { ListenerSettings } from "./config/listener.ts";
import { allowedHeaders, allowedMethods, exposedHeaders, originMatcher } from "./cors.ts";
import {
  type AccessLogFilter,
  type HeaderValueOption,
  type ResponseMapper,
  type StringMatcher,
  setHeader,
} from "./envoy-config.ts";
import { failureHeaders } from "./failure-headers.ts";
import { type Failure, memoryFailure } from "./failures.ts";
import { securityHeaders } from "./security-headers.ts";
import { statusFilter } from "./status-filter.ts";

/**
 * Answers of an Envoy whose memory is nearly full. It then makes no chain of filters for a call, so that nothing of what they do for other errors
 * happens: CORS, preflights and gRPC-Web are said here instead. Native gRPC callers get Envoy's ordinary gRPC error.
 */
export function overloadMappers(listener: Pick<ListenerSettings, "origins" | "tls">): readonly ResponseMapper[] {
  const always = securityHeaders(listener);
  const body = trailersFrame(memoryFailure);
  const told = [...always, ...toldHeaders];
  const [first, ...others] = listener.origins.map((origin) => has("origin", originMatcher(origin)));
  if (first === undefined) {
    return [mapper([asksWeb], body, told)];
  }
  // One expression for all origins would soon be larger than Envoy takes.
  const isOurPage = others.length === 0 ? first : { or_filter: { filters: [first, ...others] } };
  return [
    mapper([asksWeb, isOurPage], body, [...told, ...corsHeaders]),
    mapper([...isPreflight, isOurPage], "", [...always, ...preflightHeaders]),
    mapper([asksWeb], body, told),
  ];
}

function has(name: string, string_match: StringMatcher): AccessLogFilter {
  return { header_filter: { header: { name, string_match } } };
}

/** grpc_web changes the type of what it translates: by its own name a request is known that no filter has seen. */
const asksWeb = has("content-type", { safe_regex: { regex: "application/grpc-web.*" } });
const isPreflight: readonly AccessLogFilter[] = [
  has(":method", { exact: "OPTIONS" }),
  { header_filter: { header: { name: "access-control-request-method", present_match: true } } },
];

const toldHeaders = [
  // Envoy says "text/plain" of any body, and nothing of none.
  setHeader("content-type", "application/grpc-web+proto"),
  ...failureHeaders(memoryFailure),
];

const corsHeaders = [
  setHeader("access-control-allow-origin", "%REQ(origin)%"),
  setHeader("access-control-expose-headers", exposedHeaders.join(",")),
];

const preflightHeaders = [
  setHeader("access-control-allow-origin", "%REQ(origin)%"),
  setHeader("access-control-allow-methods", allowedMethods),
  setHeader("access-control-allow-headers", allowedHeaders.join(",")),
];

/** The same once more as gRPC-Web's frame of trailers: an answer without a body would lose its content type. */
function trailersFrame({ grpcStatus, message }: Failure): string {
  const text = Buffer.from(`grpc-status:${grpcStatus}\r\ngrpc-message:${message}\r\n`);
  const frame = Buffer.alloc(5);
  frame.writeUInt8(0x80);
  frame.writeUInt32BE(text.length, 1);
  return Buffer.concat([frame, text]).toString("base64");
}

function mapper(
  conditions: readonly AccessLogFilter[],
  body: string,
  headers_to_add: readonly HeaderValueOption[],
): ResponseMapper {
  return {
    filter: { and_filter: { filters: [statusFilter("EQ", 503), ...conditions] } },
    status_code: 200,
    body: { inline_bytes: body },
    headers_to_add,
  };
}
