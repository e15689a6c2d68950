import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { abortError } from "./cancellation.ts";
import { toE6Error } from "./grpc-error.ts";
import { type Route, withRoute } from "./route.ts";

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
export type EngineCaller = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  options: CallOptions,
) => Promise<MessageShape<O>>;

/** The one place where calls leave and their failures get a code. */
export function createEngineCaller(transport: Transport): EngineCaller {
  return async (method, request, { route, signal, timeoutMs, queryId }) => {
    try {
      const response = await transport.unary(method, signal, timeoutMs, undefined, request, withRoute(route));
      return response.message;
    } catch (error) {
      throw signal.aborted ? abortError(signal) : toE6Error(error, { method, strategy: route?.strategy, queryId });
    }
  };
}
