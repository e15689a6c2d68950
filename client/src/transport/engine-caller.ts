import type { E6Error } from "../error.ts";
import type { Init, Method } from "../protobuf/schema.ts";
import type { Send } from "./call.ts";
import { abortError } from "./cancellation.ts";
import { toE6Error } from "./grpc-error.ts";
import type { Route } from "./route.ts";

/** What a single call needs beside its request. */
export interface CallOptions {
  /** Where the call goes. Default: where the gateway leads a call that names no stack. */
  readonly route?: Route | undefined;
  readonly signal: AbortSignal;
  /** Gives up after this many milliseconds; the gateway is told. Default: no limit but the signal. */
  readonly timeoutMs?: number | undefined;
  /** The query that the call is about, for errors. */
  readonly queryId?: string;
}

/** Makes unary calls. Each failure is an `E6Error`. */
export type EngineCaller = <I extends object, O extends object>(
  method: Method<I, O>,
  request: Init<I>,
  options: CallOptions,
) => Promise<O>;

/** The one place where calls leave and their failures get a code. `onFailure` is told of each but the caller's own abort; it throws nothing. */
export function createEngineCaller(send: Send, onFailure: (failure: E6Error) => void = () => undefined): EngineCaller {
  return async (method, message, { route, signal, timeoutMs, queryId }) => {
    try {
      return (await send({ method, message, headers: {}, route, signal, timeoutMs })).message;
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      const failure = toE6Error(error, { method, strategy: route?.strategy, queryId });
      onFailure(failure);
      throw failure;
    }
  };
}
