import { decode, encode } from "../protobuf/codec.ts";
import type { Method } from "../protobuf/schema.ts";
import type { Answer, Send } from "./call.ts";
import * as grpcCode from "./grpc-code.ts";
import { findFailure, GrpcError, headerGrpcStatus } from "./grpc-status.ts";
import { readFrames, writeFrame } from "./grpc-web-frames.ts";
import { HttpFailure } from "./http-failure.ts";
import { createUnaryFetch, type UnaryAnswer } from "./unary-fetch.ts";

/** Options of {@link createUnaryTransport}. */
export interface UnaryTransportOptions {
  /** The gateway's address, without a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** The most bytes of an answer. */
  readonly maxBytes: number;
}

/**
 * Makes calls as the engine takes them: unary, in binary, over gRPC-Web. Rejects with a {@link GrpcError}, an
 * {@link HttpFailure} or the reason of the call's signal. It tells the other end the call's time, and leaves it to others to keep it.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export function createUnaryTransport({ baseUrl, fetch, maxBytes }: UnaryTransportOptions): Send {
  const send = createUnaryFetch(fetch, maxBytes);
  return async ({ method, message, headers, signal, timeoutMs }) => {
    const answer = await send(`${baseUrl}/${method.service}/${method.name}`, {
      method: "POST",
      headers: { ...headers, ...protocolHeaders(timeoutMs) },
      body: writeFrame(encode(method.input, message)),
      signal,
    });
    return readAnswer(method, answer);
  };
}

function protocolHeaders(timeoutMs: number | undefined): Record<string, string> {
  return {
    "content-type": "application/grpc-web+proto",
    "x-grpc-web": "1",
    "x-user-agent": "e6data-web",
    ...(timeoutMs !== undefined && { "grpc-timeout": timeoutValue(timeoutMs) }),
  };
}

/** A time as the header has it: eight digits at most, so a long one in seconds. */
function timeoutValue(timeoutMs: number): string {
  const milliseconds = Math.max(0, Math.ceil(timeoutMs));
  return milliseconds < 1e8 ? `${milliseconds}m` : `${Math.ceil(milliseconds / 1000)}S`;
}

function readAnswer<I extends object, O extends object>(
  { output }: Method<I, O>,
  { headers, bytes }: UnaryAnswer,
): Answer<O> {
  const { message, trailers } = readFrames(bytes);
  // An answer ends with its trailers, unless all it has is in its headers: without them its end was lost on the way.
  if (trailers === undefined && !headers.has(headerGrpcStatus)) {
    throw new HttpFailure("broken-off", "the answer has no end");
  }
  const failure = findFailure(headers, trailers);
  if (failure !== undefined) {
    throw failure;
  }
  if (message === undefined) {
    throw new GrpcError(grpcCode.unimplemented, "the answer holds no message");
  }
  try {
    return { message: decode(output, message), headers, trailers: trailers ?? new Headers() };
  } catch (cause) {
    throw new GrpcError(grpcCode.internal, "the answer's message cannot be read", { cause });
  }
}
