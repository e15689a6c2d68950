import type { Init, Method } from "../protobuf/schema.ts";
import type { Route } from "./route.ts";

/** A call on its way to the gateway. */
export interface Call<I extends object, O extends object> {
  readonly method: Method<I, O>;
  readonly message: Init<I>;
  /** Headers beside those of gRPC-Web. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where it goes. Default: where the gateway leads a call that names no stack. */
  readonly route: Route | undefined;
  readonly signal: AbortSignal;
  /** Gives up after this many milliseconds; the gateway is told. */
  readonly timeoutMs: number | undefined;
}

/** The answer to a call. */
export interface Answer<O extends object> {
  readonly message: O;
  readonly headers: Headers;
  readonly trailers: Headers;
}

/**
 * Makes a call. Rejects with what went wrong, not yet as the caller is told of it. What holds for every call is put around
 * one such function by another.
 */
export type Send = <I extends object, O extends object>(call: Call<I, O>) => Promise<Answer<O>>;
