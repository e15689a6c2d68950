import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { AuthenticateResponseSchema, QueryEngineService } from "../gen/e6x_engine_pb.ts";
import { writeFrame } from "./grpc-web-frames.ts";
import { HttpFailure } from "./http-failure.ts";
import { createUnaryTransport } from "./unary-transport.ts";

const { authenticate } = QueryEngineService.method;
const message = writeFrame(
  toBinary(AuthenticateResponseSchema, create(AuthenticateResponseSchema, { sessionId: "s1" })),
);

function trailers(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return Uint8Array.of(0x80, 0, 0, 0, bytes.length, ...bytes);
}

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** Calls `authenticate` through a transport whose network answers with these bytes and headers. */
async function call(
  bytes: readonly Uint8Array[],
  headers: Record<string, string> = {},
  interceptors: Interceptor[] = [],
) {
  const sent: Sent[] = [];
  const transport = createUnaryTransport({
    baseUrl: "https://gateway.example.com/e6",
    maxBytes: 1000,
    interceptors,
    fetch: (input, init = {}) => {
      sent.push({ url: String(input), init });
      const body = Uint8Array.from(bytes.flatMap((part) => [...part]));
      return Promise.resolve(
        new Response(body, { headers: { "content-type": "application/grpc-web+proto", ...headers } }),
      );
    },
  });
  const answer = transport.unary(authenticate, undefined, 5000, undefined, { user: "ann", password: "p" });
  return { sent, answer };
}

async function errorOf(bytes: readonly Uint8Array[], headers?: Record<string, string>): Promise<ConnectError> {
  const { answer } = await call(bytes, headers);
  return answer.then(
    () => {
      throw new Error("the call was answered");
    },
    (error: unknown) => ConnectError.from(error),
  );
}

describe("createUnaryTransport()", () => {
  it("sends one frame to the method's path, with the headers of gRPC-Web and the deadline", async () => {
    const { sent, answer } = await call([message, trailers("grpc-status: 0\r\n")]);
    await answer;
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe("https://gateway.example.com/e6/QueryEngineService/authenticate");
    const headers = new Headers(sent[0]?.init.headers);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/grpc-web+proto",
      "x-grpc-web": "1",
      "grpc-timeout": "5000m",
    });
    // user and password, fields 1 and 2, each with its tag and length.
    expect(sent[0]?.init.body).toEqual(Uint8Array.of(0, 0, 0, 0, 8, 10, 3, 97, 110, 110, 18, 1, 112));
  });

  it("answers message, headers and trailers", async () => {
    const { answer } = await call([message, trailers("grpc-status: 0\r\nx-end: 1\r\n")], { "x-start": "1" });
    const response = await answer;
    expect(response.message).toMatchObject({ sessionId: "s1" });
    expect([response.header.get("x-start"), response.trailer.get("x-end")]).toEqual(["1", "1"]);
  });

  it("takes a status in the headers for the end of the answer", async () => {
    const { answer } = await call([message], { "grpc-status": "0" });
    expect((await answer).message).toMatchObject({ sessionId: "s1" });
  });

  it("passes the interceptors, the first outermost", async () => {
    const order: string[] = [];
    const note =
      (name: string): Interceptor =>
      (next) =>
      (request) => {
        order.push(name);
        return next(request);
      };
    await (await call([message, trailers("grpc-status: 0")], {}, [note("outer"), note("inner")])).answer;
    expect(order).toEqual(["outer", "inner"]);
  });

  it("rejects with the status of the trailers, and the metadata of both ends", async () => {
    const error = await errorOf([trailers("grpc-status: 3\r\ngrpc-message: no%20table\r\n")], { "x-start": "1" });
    expect([error.code, error.rawMessage, error.metadata.get("x-start")]).toEqual([
      Code.InvalidArgument,
      "no table",
      "1",
    ]);
  });

  it("rejects with the status of the headers", async () => {
    const error = await errorOf([], {
      "grpc-status": "9",
      "grpc-message": "not active",
      "x-e6-reason": "STRATEGY_MISMATCH",
    });
    expect([error.code, error.metadata.get("x-e6-reason")]).toEqual([Code.FailedPrecondition, "STRATEGY_MISMATCH"]);
  });

  it.each([
    ["nothing", []],
    ["a message without an end", [message]],
  ])("finds %s broken off", async (_what, bytes) => {
    expect((await errorOf(bytes)).cause).toBeInstanceOf(HttpFailure);
  });

  it("does not take a good status without a message for an answer", async () => {
    expect((await errorOf([trailers("grpc-status: 0")])).code).toBe(Code.Unimplemented);
  });

  it("has no streams", async () => {
    const options = { baseUrl: "https://gateway.example.com", maxBytes: 1, interceptors: [], fetch: globalThis.fetch };
    const { stream } = createUnaryTransport(options);
    await expect(Reflect.apply(stream, undefined, [])).rejects.toMatchObject({ code: Code.Unimplemented });
  });
});
