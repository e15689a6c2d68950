import { headerReason, headerRetrySafe, headerUpstreamStatus } from "e6data-web/headers";
import type { ListenerSettings } from "./config/listener.ts";
import { allowedHeaders, anyOriginOf, exposedHeaders } from "./cors.ts";
import {
  type AccessLogFilter,
  type HeaderMatcher,
  type HeaderValueOption,
  type ResponseMapper,
  type StringMatcher,
  setHeader,
} from "./envoy-config.ts";
import { type Failure, memoryFailure } from "./failures.ts";
import { securityHeaders } from "./security-headers.ts";

/** What answers depend on. */
export type AnsweringSettings = Pick<ListenerSettings, "origins" | "tls">;

/**
 * Answers of an Envoy whose memory is nearly full. It then makes no chain of filters for a call, so that nothing of what they do for other errors
 * happens: CORS, preflights and gRPC-Web are said here instead. Native gRPC callers get Envoy's ordinary gRPC error.
 */
export function overloadMappers(listener: AnsweringSettings): readonly ResponseMapper[] {
  const always = securityHeaders(listener);
  const web = { body: trailersFrame(memoryFailure), headers: [...always, ...failureHeaders(memoryFailure)] };
  const preflight = { body: "", headers: [...always, ...preflightHeaders] };
  const fromPage = [header("origin", anyOriginOf(listener.origins))];
  return [
    ...(listener.origins.length === 0
      ? []
      : [
          mapper([...asksWeb, ...fromPage], web.body, [...web.headers, ...corsHeaders]),
          mapper([...asksFirst, ...fromPage], preflight.body, preflight.headers),
        ]),
    mapper(asksWeb, web.body, web.headers),
  ];
}

const header = (name: string, string_match: StringMatcher): HeaderMatcher => ({ name, string_match });

/** grpc_web changes the type of what it translates: by its own name a request is known that no filter has seen. */
const asksWeb = [header("content-type", { safe_regex: { regex: "application/grpc-web(\\+proto)?" } })];
const asksFirst: readonly HeaderMatcher[] = [
  header(":method", { exact: "OPTIONS" }),
  { name: "access-control-request-method", present_match: true },
];

const corsHeaders = [
  setHeader("access-control-allow-origin", "%REQ(origin)%"),
  setHeader("access-control-expose-headers", exposedHeaders.join(",")),
];

const preflightHeaders = [
  setHeader("access-control-allow-origin", "%REQ(origin)%"),
  setHeader("access-control-allow-methods", "POST"),
  setHeader("access-control-allow-headers", allowedHeaders.join(",")),
];

function failureHeaders({ grpcStatus, message, reason, retrySafe }: Failure): readonly HeaderValueOption[] {
  return [
    // Envoy says "text/plain" of any body, and nothing of none.
    setHeader("content-type", "application/grpc-web+proto"),
    setHeader("grpc-status", String(grpcStatus)),
    setHeader("grpc-message", message),
    setHeader(headerReason, reason),
    setHeader(headerRetrySafe, String(retrySafe)),
    setHeader(headerUpstreamStatus, "0"),
  ];
}

/** The same once more as gRPC-Web's frame of trailers: an answer without a body would lose its content type. */
function trailersFrame({ grpcStatus, message }: Failure): string {
  const text = Buffer.from(`grpc-status:${grpcStatus}\r\ngrpc-message:${message}\r\n`);
  const frame = Buffer.alloc(5);
  frame.writeUInt8(0x80);
  frame.writeUInt32BE(text.length, 1);
  return Buffer.concat([frame, text]).toString("base64");
}

function mapper(
  headers: readonly HeaderMatcher[],
  body: string,
  headers_to_add: readonly HeaderValueOption[],
): ResponseMapper {
  const is503: AccessLogFilter = {
    status_code_filter: {
      comparison: { op: "EQ", value: { default_value: 503, runtime_key: "e6.local_reply.eq_503" } },
    },
  };
  return {
    filter: { and_filter: { filters: [is503, ...headers.map((matcher) => ({ header_filter: { header: matcher } }))] } },
    status_code: 200,
    body: { inline_bytes: body },
    headers_to_add,
  };
}
