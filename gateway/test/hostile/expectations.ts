import type { IncomingHttpHeaders } from "node:http2";
import { gatewayReasons } from "e6data-web/headers";
import { ClusterService, QueryEngineService } from "e6data-web/proto";
import { type Answer, headerValue, type Outcome } from "./answer.ts";
import type { Call } from "./call.ts";

/** Thrown for what a gateway may not do. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** How callers are told apart, as the gateway does it. */
const callers = ["web", "native", "other"] as const;
type Caller = (typeof callers)[number];

/** What kinds of requests there are to check: good HTTP of the three callers, and the rest. */
export const verdicts = [...callers, "bad HTTP"] as const;

/** One of {@link verdicts}. */
export type Verdict = (typeof verdicts)[number];

/**
 * Checks what became of a request, and tells of which kind it was. To one that HTTP calls good (`call`) there is an answer in the
 * caller's own terms. To any other there may be none, or a status of HTTP, but never what looks like a success and has no status of
 * gRPC. Throws a {@link Finding}.
 */
export function checkOutcome({ answers, end }: Outcome, call: Call | undefined): Verdict {
  for (const answer of answers) checkAnyAnswer(answer);
  if (call === undefined) return "bad HTTP";
  const caller = callerOf(call);
  const [answer] = answers;
  if (answer !== undefined && isPreflight(call))
    must(answer.status === 200, answer, "a preflight is answered with HTTP 200");
  else if (answer !== undefined) check[caller](answer, call);
  // A caller's own deadline may come in the middle of the answer, which can only be broken off then.
  else if (headerValue(call.headers, "grpc-timeout") === undefined) {
    throw new Finding(`a good request was not answered (${end})`);
  }
  return caller;
}

function callerOf({ headers }: Call): Caller {
  const type = headerValue(headers, "content-type")?.trim() ?? "";
  if (type.startsWith("application/grpc-web")) return "web";
  return type.startsWith("application/grpc") ? "native" : "other";
}

/** The CORS filter takes it for one, whatever the rest may be. */
function isPreflight({ method, headers }: Call): boolean {
  const has = (name: string) => (headerValue(headers, name) ?? "") !== "";
  return method === "OPTIONS" && has("origin") && has("access-control-request-method");
}

const check: Readonly<Record<Caller, (answer: Answer, call: Call) => void>> = {
  web(answer) {
    must(answer.status === 200, answer, "a gRPC-Web caller is answered with HTTP 200");
    must(isType(answer, "application/grpc-web+proto"), answer, "a gRPC-Web caller is answered in gRPC-Web");
    if (headerValue(answer.headers, "grpc-status") === undefined) {
      must(/grpc-status: ?\d+/.test(trailersInBody(answer.body)), answer, "an answer of a stack ends with its status");
      return;
    }
    checkRefusal(answer);
    must(answer.body.length === 0, answer, "a refusal has no body");
  },
  native(answer, call) {
    must(answer.status === 200, answer, "a native caller is answered with HTTP 200");
    // A content type that only begins like gRPC's is answered without one.
    const isExact = /^application\/grpc([+;].*)?$/.test(headerValue(call.headers, "content-type") ?? "");
    must(!isExact || isType(answer, "application/grpc"), answer, "a native caller is answered in gRPC");
    const status = headerValue([...answer.headers, ...answer.trailers], "grpc-status");
    must(/^\d+$/.test(status ?? ""), answer, "a native caller is told a status");
  },
  other(answer, { method }) {
    must(answer.status >= 400, answer, "who speaks no gRPC is refused with an HTTP status");
    // What Envoy refuses before the gate has a status alone.
    const isBare = answer.status === 400 && answer.body.length === 0;
    must(isBare || method === "HEAD" || answer.body.length > 0, answer, "who speaks no gRPC is told why in words");
    must(isBare || isType(answer, "text/plain"), answer, "the words are plain text");
  },
};

/** What a gRPC-Web client needs to make an error of it. */
function checkRefusal(answer: Answer): void {
  const [status, reason, retrySafe] = ["grpc-status", "x-e6-reason", "x-e6-retry-safe"].map((name) =>
    headerValue(answer.headers, name),
  );
  must(/^([1-9]|1[0-6])$/.test(status ?? ""), answer, "a refusal has a status of gRPC");
  must(
    gatewayReasons.some((known) => known === reason),
    answer,
    "a refusal has a known reason",
  );
  must(retrySafe === "true" || retrySafe === "false", answer, "a refusal says whether a repeat is safe");
}

function checkAnyAnswer(answer: Answer): void {
  const hasStatus =
    headerValue([...answer.headers, ...answer.trailers], "grpc-status") !== undefined ||
    /grpc-status: ?\d+/.test(trailersInBody(answer.body));
  const isRefused = answer.status >= 400 || (answer.status === 200 && isEmptyPreflight(answer));
  must(hasStatus || isRefused, answer, "what is no refusal has a status of gRPC");
  must(answer.status < 500 || answer.status === 501 || answer.status === 505, answer, "no request breaks the gateway");
}

function isEmptyPreflight({ headers, body }: Answer): boolean {
  return body.length === 0 && headerValue(headers, "content-type") === undefined;
}

function isType({ headers }: Answer, type: string): boolean {
  return headerValue(headers, "content-type") === type;
}

/** The text of the frame of trailers, which stands last. */
function trailersInBody(body: Uint8Array): string {
  const bytes = Buffer.from(body);
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt32BE(at + 1)) {
    if (bytes.readUInt8(at) === 0x80) return bytes.toString("latin1", at + 5);
  }
  return "";
}

function must(holds: boolean, { status, headers, body }: Answer, rule: string): void {
  if (holds) return;
  const text = Buffer.from(body.subarray(0, 80)).toString("latin1");
  throw new Finding(`${rule}; it was HTTP ${status} ${JSON.stringify(headers)} ${JSON.stringify(text)}`);
}

const servedPaths: ReadonlySet<string> = new Set(
  [QueryEngineService, ClusterService].flatMap(({ typeName, methods }) =>
    methods.map(({ name }) => `/${typeName}/${name}`),
  ),
);

/** Checks what a stack was asked: calls of the schema alone, of native gRPC, for this stack and no other. */
export function checkUpstreamCall(stack: string, headers: IncomingHttpHeaders): void {
  const is = (name: string, value: unknown) => headers[name] === value;
  const problem =
    (!is(":method", "POST") && "a method other than POST") ||
    (!servedPaths.has(String(headers[":path"])) && "a path that is not served") ||
    (!/^application\/grpc([+;].*)?$/.test(String(headers["content-type"])) && "a content type that is not gRPC") ||
    (String(headers["strategy"]).toLowerCase() !== stack && `a strategy that is not ${stack}`) ||
    (!is("grpc-accept-encoding", "identity") && "messages that may be compressed") ||
    ("x-smuggled" in headers && "a request inside of another") ||
    (Object.keys(headers).some((name) => name.includes("_")) && "a header with an underscore");
  if (problem) throw new Finding(`the stack ${stack} was asked with ${problem}: ${JSON.stringify(headers)}`);
}
