import { type DescMessage, type DescMethodUnary, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextValues,
  type Interceptor,
  type Transport,
  type UnaryResponse,
} from "@connectrpc/connect";
import { createMethodUrl, runUnaryCall } from "@connectrpc/connect/protocol";
import { requestHeader, validateResponse, validateTrailer } from "@connectrpc/connect/protocol-grpc-web";
import { readFrames, writeFrame } from "./grpc-web-frames.ts";
import { HttpFailure } from "./http-failure.ts";
import { createUnaryFetch, type UnaryAnswer } from "./unary-fetch.ts";

/** Options of {@link createUnaryTransport}. */
export interface UnaryTransportOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** The most bytes of an answer. */
  readonly maxBytes: number;
  /** The first is the outermost. */
  readonly interceptors: Interceptor[];
}

/**
 * A Connect transport for what the engine speaks: unary calls, in binary, over gRPC-Web. It is made of Connect's own
 * parts, but for the body: that is read once, within a limit, and its message is decoded where it lies. Connect's
 * transport for the Web would bring streams and JSON along, a fifth of this library's size.
 */
export function createUnaryTransport({ baseUrl, fetch, maxBytes, interceptors }: UnaryTransportOptions): Transport {
  const send = createUnaryFetch(fetch, maxBytes);
  return {
    unary(method, signal, timeoutMs, header, input, contextValues) {
      return runUnaryCall({
        interceptors,
        ...(signal && { signal }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        req: {
          stream: false,
          service: method.parent,
          method,
          requestMethod: "POST",
          url: createMethodUrl(baseUrl, method),
          header: requestHeader(true, timeoutMs, header, false),
          contextValues: contextValues ?? createContextValues(),
          message: input,
        },
        next: async ({ url, header: headers, message, signal: ended }) => {
          const body = writeFrame(toBinary(method.input, message));
          return readAnswer(method, await send(url, { method: "POST", headers, body, signal: ended }));
        },
      });
    },
    stream() {
      return Promise.reject(new ConnectError("every call of the engine is unary", Code.Unimplemented));
    },
  };
}

function readAnswer<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  { headers, bytes }: UnaryAnswer,
): UnaryResponse<I, O> {
  const { foundStatus, headerError } = validateResponse(200, headers);
  const { message, trailer } = readFrames(bytes);
  if (trailer !== undefined) {
    validateTrailer(trailer, headers);
  } else if (!foundStatus) {
    // An answer ends with its trailers: without them its end was lost on the way.
    throw new HttpFailure("broken-off", "the answer has no end");
  }
  if (headerError !== undefined) {
    throw headerError;
  }
  if (message === undefined) {
    throw new ConnectError("the answer holds no message", Code.Unimplemented, trailer);
  }
  return {
    stream: false,
    service: method.parent,
    method,
    header: headers,
    message: fromBinary(method.output, message),
    trailer: trailer ?? new Headers(),
  };
}
