import { create, toBinary } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/router-fetch.ts";
import { AuthenticateResponseSchema } from "../gen/e6x_engine_pb.ts";
import { authenticate } from "../gen/e6x_engine_tables.ts";
import { GrpcError } from "./grpc-status.ts";
import { writeFrame } from "./grpc-web-frames.ts";
import { HttpFailure } from "./http-failure.ts";
import { createUnaryTransport } from "./unary-transport.ts";

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
async function call(bytes: readonly Uint8Array[], headers: Record<string, string> = {}, timeoutMs = 5000) {
  const sent: Sent[] = [];
  const send = createUnaryTransport({
    baseUrl: "https://gateway.example.com/e6",
    maxBytes: 1000,
    fetch: (input, init = {}) => {
      sent.push({ url: String(input), init });
      const body = Uint8Array.from(bytes.flatMap((part) => [...part]));
      return Promise.resolve(
        new Response(body, { headers: { "content-type": "application/grpc-web+proto", ...headers } }),
      );
    },
  });
  const answer = send(callOf(authenticate, { user: "ann", password: "p" }, { timeoutMs, headers: { "x-own": "1" } }));
  return { sent, answer };
}

async function failureOf(bytes: readonly Uint8Array[], headers?: Record<string, string>): Promise<unknown> {
  const { answer } = await call(bytes, headers);
  return answer.then(
    () => {
      throw new Error("the call was answered");
    },
    (error: unknown) => error,
  );
}

async function errorOf(bytes: readonly Uint8Array[], headers?: Record<string, string>): Promise<GrpcError> {
  const failure = await failureOf(bytes, headers);
  if (failure instanceof GrpcError) {
    return failure;
  }
  throw new Error("no GrpcError", { cause: failure });
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
      "x-own": "1",
    });
    // user and password, fields 1 and 2, each with its tag and length.
    expect(sent[0]?.init.body).toEqual(Uint8Array.of(0, 0, 0, 0, 8, 10, 3, 97, 110, 110, 18, 1, 112));
  });

  it("answers message, headers and trailers", async () => {
    const { answer } = await call([message, trailers("grpc-status: 0\r\nx-end: 1\r\n")], { "x-start": "1" });
    const response = await answer;
    expect(response.message).toMatchObject({ sessionId: "s1" });
    expect([response.headers.get("x-start"), response.trailers.get("x-end")]).toEqual(["1", "1"]);
  });

  it("takes a status in the headers for the end of the answer", async () => {
    const { answer } = await call([message], { "grpc-status": "0" });
    expect((await answer).message).toMatchObject({ sessionId: "s1" });
  });

  it("rejects with the status of the trailers, and the metadata of both ends", async () => {
    const error = await errorOf([trailers("grpc-status: 3\r\ngrpc-message: no%20table\r\n")], { "x-start": "1" });
    expect([error.code, error.message, error.headers.get("x-start")]).toEqual([Code.InvalidArgument, "no table", "1"]);
  });

  it("rejects with the status of the headers", async () => {
    const error = await errorOf([], {
      "grpc-status": "9",
      "grpc-message": "not active",
      "x-e6-reason": "STRATEGY_MISMATCH",
    });
    expect([error.code, error.headers.get("x-e6-reason")]).toEqual([Code.FailedPrecondition, "STRATEGY_MISMATCH"]);
  });

  it.each([
    ["nothing", []],
    ["a message without an end", [message]],
  ])("finds %s broken off", async (_what, bytes) => {
    expect(await failureOf(bytes)).toBeInstanceOf(HttpFailure);
  });

  it("does not take a good status without a message for an answer", async () => {
    expect((await errorOf([trailers("grpc-status: 0")])).code).toBe(Code.Unimplemented);
  });
});
