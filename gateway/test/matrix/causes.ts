import type { Caller, Cause, ClientEnd, NativeEnd, Order, TypedEnd, Way } from "./cause.ts";
import { batchBytes } from "./messages.ts";
import { bareForms, engineWords } from "./scripts.ts";
import { makeToken } from "./tokens.ts";

const mebibyte = 1024 * 1024;
/** Who can do what no program with the client in it does. */
const othersThanTheClient: readonly Caller[] = ["wire", "native", "web"];
/** Who speaks gRPC-Web. */
const overWeb: readonly Caller[] = ["wire", "web", "client"];
/** Who can send a header twice: `fetch` makes one line of them. */
const overTheWire: readonly Caller[] = ["wire", "native"];

/** Ways that differ by what the stack does. */
const scripted = (...names: readonly string[]): readonly Way[] =>
  names.map((script) => ({ name: script.replaceAll("-", " "), order: { script } }));

/** Ways by which a stack ends its connection, and with it all calls on it. */
const ending = (script: string): readonly Way[] => scripted(script).map((way) => ({ ...way, isAlone: true }));

const bareStatus = (status: number) => scripted(...Object.keys(bareForms).map((form) => `${status}-${form}`));

const typed = (code: TypedEnd["code"], reason: string, isRetrySafe: boolean, upstreamStatus = 0): TypedEnd => ({
  end: "typed",
  code,
  reason,
  isRetrySafe,
  upstreamStatus,
});

const grpc = (code: Extract<NativeEnd, { end: "grpc" }>["code"]): NativeEnd => ({ end: "grpc", code });

const bearer = (token: string): Order => ({ headers: { authorization: `Bearer ${token}` } });

const onGreen: Order = { headers: { strategy: "green" } };

/** A status of a stack that the gateway hands on by its number. */
function otherStatus(status: number, code: TypedEnd["code"], client: ClientEnd, isRetrySafe = false): Cause {
  return {
    what: `the stack answers HTTP ${status}`,
    web: typed(code, `UPSTREAM_HTTP_${status}`, isRetrySafe, status),
    native: { end: "bare", status },
    client,
    heard: 1,
    ways: scripted(`status-${status}`),
  };
}

/** Answers in which an engine speaks. */
const engineAnswers: readonly Cause[] = [
  {
    what: "a good answer",
    web: { end: "good" },
    native: grpc("OK"),
    client: "no error",
    heard: 1,
    ways: [
      { name: "an empty message", order: {} },
      { name: "for a good token", order: bearer(makeToken()), at: "guarded" },
      { name: "about a query, while its stack drains", order: onGreen, at: "draining", by: othersThanTheClient },
      { name: "a batch of 64 MiB", order: { script: "batch" }, rows: batchBytes, by: othersThanTheClient },
      { name: "refused once", order: { script: "refuse-once" }, heard: 2 },
    ],
  },
  {
    what: "the engine's own error, before or after data",
    web: { end: "engine", code: "Unknown", message: engineWords },
    native: grpc("Unknown"),
    client: "SQL_ERROR",
    heard: 1,
    ways: scripted("error-at-once", "error-in-trailers", "error-after-data"),
  },
  {
    what: "the engine's answer lacks its end",
    web: { end: "unfinished" },
    native: { end: "unfinished" },
    client: "NETWORK",
    heard: 1,
    ways: scripted("no-trailers", "no-status"),
  },
];

/** Answers of the load balancers before the stacks. */
const balancerAnswers: readonly Cause[] = [
  {
    what: "the stack answers HTTP 456: it is not the active one",
    web: typed("FailedPrecondition", "STRATEGY_MISMATCH", true, 456),
    native: { end: "bare", status: 456 },
    client: "STRATEGY_MISMATCH",
    heard: 1,
    ways: bareStatus(456),
  },
  {
    what: "the stack answers HTTP 503: the cluster is suspended",
    web: typed("Unavailable", "CLUSTER_SUSPENDED", true, 503),
    native: { end: "bare", status: 503 },
    client: "CLUSTER_SUSPENDED",
    heard: 1,
    ways: bareStatus(503),
  },
  otherStatus(400, "Internal", "GATEWAY"),
  otherStatus(401, "Unauthenticated", "AUTHENTICATION_FAILED"),
  otherStatus(403, "PermissionDenied", "PERMISSION_DENIED"),
  otherStatus(404, "Unimplemented", "GATEWAY"),
  otherStatus(408, "Unknown", "GATEWAY"),
  otherStatus(413, "Unknown", "RESOURCE_EXHAUSTED"),
  otherStatus(429, "Unavailable", "RATE_LIMITED", true),
  otherStatus(502, "Unavailable", "GATEWAY"),
  otherStatus(504, "Unavailable", "GATEWAY"),
  {
    what: "the stack answers another HTTP status *n*",
    web: typed("Unknown", "UPSTREAM_HTTP_<n>", false),
    native: { end: "bare", status: 0 },
    client: "GATEWAY",
    heard: 1,
    ways: [204, 302, 418, 500].map((status) => ({
      name: `status ${status}`,
      order: { script: `status-${status}` },
      web: typed("Unknown", `UPSTREAM_HTTP_${status}`, false, status),
      native: { end: "bare", status },
    })),
  },
  {
    what: "the stack answers HTTP 200, but not gRPC",
    web: typed("Unknown", "UPSTREAM_NOT_GRPC", false, 200),
    native: { end: "bare", status: 200 },
    client: "GATEWAY",
    heard: 1,
    ways: scripted("page-html", "page-json", "page-empty"),
  },
];

/** Calls that get lost between the gateway and a stack. */
const losses: readonly Cause[] = [
  {
    what: "the stack cannot be reached",
    web: typed("Unavailable", "NO_HEALTHY_UPSTREAM", true),
    native: grpc("Unavailable"),
    client: "NO_ACTIVE_STACK",
    heard: 0,
    ways: [
      { name: "nobody listens", order: {}, at: "refusing" },
      { name: "it has failed its health checks", order: {}, at: "unhealthy" },
    ],
  },
  {
    what: "the stack refuses the stream, however often it is asked",
    web: typed("Unavailable", "NO_HEALTHY_UPSTREAM", true),
    native: grpc("Unavailable"),
    client: "GATEWAY",
    heard: 3,
    ways: scripted("refuse"),
  },
  {
    what: "the stack drops the call before it answers",
    web: typed("Unavailable", "UPSTREAM_RESET", false),
    native: grpc("Unavailable"),
    client: "GATEWAY",
    heard: 1,
    ways: [...scripted("reset"), ...ending("disconnect")],
  },
  {
    what: "an answer that has begun breaks off",
    web: { end: "broken" },
    native: { end: "broken" },
    client: "NETWORK",
    heard: 1,
    ways: [
      ...scripted("reset-midway"),
      ...ending("disconnect-midway"),
      { name: "silent for too long", order: { script: "silent-midway" }, at: "impatient" },
      { name: "at the end of its time", order: { script: "endless" }, at: "brief" },
    ],
  },
  {
    what: "the caller's deadline passes, or the longest time of any call",
    web: typed("DeadlineExceeded", "GATEWAY_TIMEOUT", false),
    native: grpc("DeadlineExceeded"),
    client: "GATEWAY",
    heard: 1,
    ways: [
      // Long enough to reach the stack on a busy machine.
      { name: "the caller's deadline", order: { script: "silent", headers: { "grpc-timeout": "250m" } } },
      { name: "the longest time", order: { script: "silent" }, at: "brief" },
    ],
  },
  {
    what: "the stack is silent for longer than the gateway waits",
    web: typed("DeadlineExceeded", "GATEWAY_TIMEOUT", false),
    native: grpc("Unavailable"),
    client: "GATEWAY",
    heard: 1,
    ways: [{ name: "from the start", order: { script: "silent" }, at: "impatient" }],
  },
];

/** Calls that the gateway turns away. */
const refusals: readonly Cause[] = [
  {
    what: "the stack drains, and the call is new work; or the stack is off",
    web: typed("FailedPrecondition", "STRATEGY_MISMATCH", true),
    // The words of gRPC's own libraries for a bare 456.
    native: grpc("Unknown"),
    client: "STRATEGY_MISMATCH",
    heard: 0,
    ways: [{ name: "new work", order: { ...onGreen, path: "/QueryEngineService/analyzeQuery" }, at: "draining" }],
  },
  {
    what: "too many calls to the stack are in flight",
    web: typed("Unavailable", "OVERLOADED", true),
    native: grpc("Unavailable"),
    client: "RESOURCE_EXHAUSTED",
    heard: 0,
    ways: [{ name: "one more than allowed", order: {}, at: "narrow" }],
  },
  {
    what: "the gateway's memory is nearly full",
    web: { ...typed("Unavailable", "OVERLOADED", true), isUnfiltered: true },
    native: grpc("Unavailable"),
    client: "RESOURCE_EXHAUSTED",
    heard: 0,
    ways: [{ name: "of answers that nobody reads", order: {}, at: "full" }],
  },
  {
    what: "the caller's address makes too many calls",
    web: typed("ResourceExhausted", "RATE_LIMITED", true),
    native: grpc("ResourceExhausted"),
    client: "RATE_LIMITED",
    heard: 0,
    ways: [{ name: "one more than allowed", order: {}, at: "limited" }],
  },
  {
    what: "the token is missing or not valid",
    web: typed("Unauthenticated", "UNAUTHENTICATED", false),
    native: grpc("Unauthenticated"),
    client: "AUTHENTICATION_FAILED",
    heard: 0,
    ways: [
      { name: "no token", order: {}, at: "guarded" },
      ...Object.entries({
        "that is none": "x",
        "of somebody else": makeToken({ iss: "https://elsewhere.test" }),
        "out of time": makeToken({ exp: 1 }),
        "without an end": makeToken({ exp: undefined }),
      }).map(([name, token]): Way => ({ name: `a token ${name}`, order: bearer(token), at: "guarded" })),
      {
        name: "a token for somebody else",
        order: bearer(makeToken({ aud: "another" })),
        at: "guarded",
        native: grpc("PermissionDenied"),
      },
    ],
  },
  {
    what: "the request is larger than the gateway takes",
    web: typed("ResourceExhausted", "REQUEST_TOO_LARGE", false),
    native: grpc("Unknown"),
    client: "RESOURCE_EXHAUSTED",
    heard: 0,
    ways: [
      { name: "a little", order: { messageBytes: 4 * mebibyte + 2000 } },
      // Of the programs that speak HTTP/1.1, Chromium reads nothing before it has sent all: it may miss this.
      { name: "four times", order: { messageBytes: 16 * mebibyte }, by: ["wire"], over: "h1" },
      { name: "four times", order: { messageBytes: 16 * mebibyte }, over: "h2" },
    ],
  },
  {
    what: "`strategy` is not blue or green, or is there twice",
    web: typed("InvalidArgument", "INVALID_STRATEGY", false),
    native: grpc("InvalidArgument"),
    client: "GATEWAY",
    heard: 0,
    ways: [
      { name: "another colour", order: { headers: { strategy: "yellow" } } },
      { name: "an empty one", order: { headers: { strategy: "" } } },
      { name: "a part of a name", order: { headers: { strategy: "bluegreen" } } },
      { name: "two in one line", order: { headers: { strategy: "blue, green" } } },
      { name: "two in two lines", order: { headers: { strategy: ["blue", "green"] } }, by: overTheWire },
      { name: "the same twice", order: { headers: { strategy: ["blue", "blue"] } }, by: overTheWire },
    ],
  },
  {
    what: "a method or a content type that is not served",
    web: typed("Unimplemented", "NO_ROUTE", false),
    native: grpc("Unimplemented"),
    client: "GATEWAY",
    heard: 0,
    ways: [
      { name: "no such method", order: { path: "/QueryEngineService/nope" } },
      { name: "a path with a query", order: { path: "/QueryEngineService/getNextResultBatch?a=1" } },
      { name: "native gRPC over HTTP/1.1", order: {}, by: ["native"], over: "h1" },
      { name: "no such service", order: { path: "/NoService/status" } },
      ...[
        "application/grpc-web-text",
        "application/grpc-web-text+proto",
        "application/grpc-web+json",
        "application/grpc-web+proto; charset=utf-8",
      ].map((type): Way => ({ name: type, order: { headers: { "content-type": type } }, by: overWeb })),
    ],
  },
];

const largeTrailers: Pick<Way, "name" | "order"> = {
  name: "trailers of 40 kB",
  order: { trailers: { plannerip: "1".repeat(40_000) } },
};

/** What no rule of the gateway knows. Known to lead here is a request that goes wrong behind its headers. */
const others: readonly Cause[] = [
  {
    what: "the rest of a request is no good HTTP; or anything else that the gateway refuses",
    web: typed("Internal", "GATEWAY_ERROR", false),
    native: { end: "broken" },
    client: "GATEWAY",
    heard: 0,
    ways: [
      { ...largeTrailers, by: ["wire"], over: "h1" },
      // Nothing is said but a reset of the stream.
      { ...largeTrailers, by: overTheWire, over: "h2", web: { end: "bare", status: 0 } },
    ],
  },
];

/** What Envoy answers before it knows who calls. */
const rawAnswers: readonly Cause[] = [
  {
    what: "the headers are larger than the gateway takes",
    web: { end: "bare", status: 431 },
    native: { end: "broken" },
    client: undefined,
    heard: 0,
    ways: [{ name: "40 kB", order: { headers: { plannerip: "1".repeat(40_000) } }, by: othersThanTheClient }],
  },
  {
    what: "a header's name holds an underscore",
    web: { end: "bare", status: 400 },
    native: { end: "broken" },
    client: undefined,
    heard: 0,
    ways: [{ name: "a_b", order: { headers: { a_b: "1" } }, by: othersThanTheClient }],
  },
];

/** Everything that can happen to a call, in the order of docs/errors.md. */
export const causes: readonly Cause[] = [
  ...engineAnswers,
  ...balancerAnswers,
  ...losses,
  ...refusals,
  ...others,
  ...rawAnswers,
];
