/**
 * The client's transport as a client under test: makes each call that the conformance suite's runner asks for on standard input, and
 * tells on standard output what became of it.
 *
 * @see https://github.com/connectrpc/conformance/blob/main/docs/testing_clients.md
 */
import { setTimeout as delay } from "node:timers/promises";
import type { E6ErrorCode } from "../src/error-code.ts";
import { readOptions } from "../src/options.ts";
import { decode, encode } from "../src/protobuf/codec.ts";
import type { Answer } from "../src/transport/call.ts";
import { abortError } from "../src/transport/cancellation.ts";
import { createGatewayTransport } from "../src/transport/gateway-transport.ts";
import * as grpcCode from "../src/transport/grpc-code.ts";
import { toE6Error } from "../src/transport/grpc-error.ts";
import { GrpcError } from "../src/transport/grpc-status.ts";
import {
  type CompatError,
  type CompatRequest,
  type CompatResponse,
  type CompatResult,
  compatRequest,
  compatResponse,
  type Header,
  rpcStatus,
  type UnaryResponse,
  unaryMethod,
  unaryRequest,
} from "./compat-messages.ts";

async function answer(request: CompatRequest): Promise<CompatResponse> {
  const { testName } = request;
  try {
    return { testName, response: await call(request) };
  } catch (error) {
    return { testName, error: { message: String(error) } };
  }
}

/** Makes the call. Throws only where there was none to make. */
async function call(request: CompatRequest): Promise<CompatResult> {
  const { host, port, messageReceiveLimit, timeoutMs, requestDelayMs, cancel } = request;
  const [packed, ...more] = request.requestMessages;
  if (packed === undefined || more.length > 0) throw new Error("a unary call has one message");
  const settings = readOptions({
    url: `http://${host}:${port}`,
    user: "ann",
    token: "t",
    ...(messageReceiveLimit > 0 && { maxMessageBytes: messageReceiveLimit }),
  });
  const send = createGatewayTransport(settings, () => () => undefined);
  const method = unaryMethod(request.method);
  const { signal, abort } = controller();
  if (cancel !== undefined) void delay(cancel.afterCloseSendMs).then(abort);
  await delay(requestDelayMs);
  try {
    const headers = Object.fromEntries(request.requestHeaders.map(({ name, value }) => [name, value.join(", ")]));
    return toResult(
      await send({ method, message: decode(unaryRequest, packed.value), headers, route: undefined, signal, timeoutMs }),
    );
  } catch (error) {
    const metadata = error instanceof GrpcError ? toHeaders(error.headers) : [];
    return { responseHeaders: metadata, payloads: [], error: toCompatError(error, signal), responseTrailers: metadata };
  }
}

function controller(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const own = new AbortController();
  return { signal: own.signal, abort: () => own.abort() };
}

function toResult({ headers, message, trailers }: Answer<UnaryResponse>): CompatResult {
  const payloads = [message.payload ?? new Uint8Array()];
  return { responseHeaders: toHeaders(headers), payloads, responseTrailers: toHeaders(trailers) };
}

function toHeaders(headers: Headers): Header[] {
  return [...headers].map(([name, value]) => ({ name, value: [value] }));
}

/**
 * The status that a failure stands for: what the other end said, as it said it. For other failures the transport knows no status of
 * gRPC; what its caller is told of them does.
 */
function toCompatError(error: unknown, signal: AbortSignal): CompatError {
  if (error instanceof GrpcError)
    return { code: error.code, message: error.message, details: detailsOf(error.headers) };
  const told = signal.aborted ? abortError(signal) : toE6Error(error, { method: unaryMethod("Unary") });
  return { code: standsFor[told.code] ?? grpcCode.unknown, message: told.message, details: [] };
}

/** The status of gRPC that a code of the client's stands for; for a code that is not here there is none. */
const standsFor: Readonly<Partial<Record<E6ErrorCode, number>>> = {
  CANCELLED: grpcCode.canceled,
  DEADLINE_EXCEEDED: grpcCode.deadlineExceeded,
  AUTHENTICATION_FAILED: grpcCode.unauthenticated,
  PERMISSION_DENIED: grpcCode.permissionDenied,
  RESOURCE_EXHAUSTED: grpcCode.resourceExhausted,
  RATE_LIMITED: grpcCode.unavailable,
  CLUSTER_SUSPENDED: grpcCode.unavailable,
};

function detailsOf(headers: Headers): CompatError["details"] {
  const text = headers.get("grpc-status-details-bin");
  return text === null ? [] : decode(rpcStatus, Uint8Array.from(Buffer.from(text, "base64"))).details;
}

/** Messages with their length, four bytes, before each. */
async function* readMessages(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      yield rest.subarray(4, end);
      rest = rest.subarray(end);
    }
  }
}

function sized(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

for await (const message of readMessages(process.stdin)) {
  const request = decode(compatRequest, message);
  process.stdout.write(sized(encode(compatResponse, await answer(request))));
}
