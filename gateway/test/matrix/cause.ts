import type { Code } from "@connectrpc/connect";
import type { E6ErrorCode } from "e6data-web";
import type { Trailers } from "../raw-call.ts";

/** The versions of HTTP. */
export type HttpVersion = "h1" | "h2";

/** A call, as data: so that a page can be told of it. */
export interface Order {
  /** What the stack does: the name of a script, which the cluster's name carries. Default: a good answer. */
  readonly script?: string;
  /** Default: that of `getNextResultBatch`. */
  readonly path?: string;
  /** Headers beside those of every call, or in their place. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Headers behind the message: only on the wire, since no program sends any. */
  readonly trailers?: Trailers;
  /** How long the message is, at least. Default: it is empty. */
  readonly messageBytes?: number;
}

/** The gateways that the calls are made of: each is set up for what a usual one does too rarely, or too late. */
export const gatewayKinds = [
  "usual",
  "refusing",
  "unhealthy",
  "impatient",
  "brief",
  "narrow",
  "limited",
  "guarded",
  "draining",
  "full",
] as const;

/** One of {@link gatewayKinds}. */
export type GatewayKind = (typeof gatewayKinds)[number];

/** Who calls. `web` is connect-web's transport, `client` this repository's client; both are asked in Node and in Chromium. */
export const callers = ["wire", "native", "web", "client"] as const;

/** One of {@link callers}. */
export type Caller = (typeof callers)[number];

/** A way to bring a cause about. */
export interface Way {
  /** What is special about it. */
  readonly name: string;
  readonly order: Order;
  /** Default: the usual gateway. */
  readonly at?: GatewayKind;
  /** Who can make such a call. Default: everybody. */
  readonly by?: readonly Caller[];
  /** The only version of HTTP over which it makes sense. Default: both; of native gRPC: HTTP/2, for it needs trailers. */
  readonly over?: HttpVersion;
  /** True where it would harm other calls that are made at the same time. */
  readonly isAlone?: boolean;
  /** How often a stack hears of the call. Default: as often as the cause says. */
  readonly heard?: number;
  /** How many bytes of rows come. Default: none. */
  readonly rows?: number;
  /** What a caller over gRPC-Web, and a native one, get. Default: what the cause says. */
  readonly web?: WebEnd;
  readonly native?: NativeEnd;
}

/** The gateway's own error: HTTP 200, all in the headers, and no body. */
export interface TypedEnd {
  readonly end: "typed";
  readonly code: keyof typeof Code;
  readonly reason: string;
  readonly isRetrySafe: boolean;
  /** The HTTP status that a stack has answered; 0 where none has. */
  readonly upstreamStatus: number;
  /** True where Envoy says it before any filter: the active stack is not named, and the body has it once more. */
  readonly isUnfiltered?: boolean;
}

/** What a caller over gRPC-Web gets. */
export type WebEnd =
  | TypedEnd
  | { readonly end: "good" }
  /** The engine's own error, as it is. */
  | { readonly end: "engine"; readonly code: keyof typeof Code; readonly message: string }
  /** An answer that lacks its end, though nothing broke. */
  | { readonly end: "unfinished" }
  /** An answer that breaks off. */
  | { readonly end: "broken" }
  /** A bare HTTP status which no page may read; over HTTP/2 a reset of the stream. */
  | { readonly end: "bare"; readonly status: number };

/** What a native gRPC caller gets. */
export type NativeEnd =
  /** The status of the stack, raw. */
  | { readonly end: "bare"; readonly status: number }
  /** An ordinary gRPC answer. */
  | { readonly end: "grpc"; readonly code: keyof typeof Code | "OK" }
  | { readonly end: "unfinished" }
  | { readonly end: "broken" };

/** What this repository's client says that it was, where it may try nothing a second time; nothing where it makes no such call. */
export type ClientEnd = E6ErrorCode | "no error" | undefined;

/** What can happen to a call: one row of the table in docs/errors.md. */
export interface Cause {
  /** The row's first cell. */
  readonly what: string;
  readonly web: WebEnd;
  readonly native: NativeEnd;
  readonly client: ClientEnd;
  /** How often a stack hears of the call. */
  readonly heard: number;
  readonly ways: readonly Way[];
}
