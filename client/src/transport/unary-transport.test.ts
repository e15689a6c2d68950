import { create, toBinary } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/router-fetch.ts";
import { AuthenticateResponseSchema } from "../gen/e6x_engine_pb.ts";
import { authenticate } from "../gen/e6x_engine_tables.ts";
import * as grpcCode from "./grpc-code.ts";
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
async function call(
  bytes: readonly Uint8Array[],
  headers: Record<string, string> = {},
  timeoutMs: number | undefined = undefined,
) {
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
    const { sent, answer } = await call([message, trailers("grpc-status: 0\r\n")], {}, 5000);
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

  it("takes a message of no bytes for one whose fields are all absent", async () => {
    const { answer } = await call([writeFrame(new Uint8Array()), trailers("grpc-status: 0\r\n")]);
    expect((await answer).message).toEqual({ sessionId: "" });
  });

  it("reads trailers whatever the case of their names, and every value of a name", async () => {
    const { headers, code } = await errorOf([trailers("Grpc-Status: 9\r\nX-Own: a\r\nx-own: b\r\n")]);
    expect([code, headers.get("x-own")]).toEqual([Code.FailedPrecondition, "a, b"]);
  });

  it.each(Object.values(grpcCode))("reads the status %i", async (code) => {
    expect((await errorOf([trailers(`grpc-status: ${code}\r\n`)])).code).toBe(code);
  });

  // What a client may make of each is told by the conformance suite of connectrpc.com.
  it.each([
    ["trailers without a status", [trailers("grpc-message: error\r\n")], {}, Code.Internal],
    ["a status that is no number", [trailers("grpc-status: nine\r\n")], {}, Code.Internal],
    ["a status with a zero before it", [trailers("grpc-status: 09\r\n")], {}, Code.Internal],
    ["a status that gRPC does not have", [trailers("grpc-status: 17\r\n")], {}, Code.Internal],
    ["a status that is there twice", [message, trailers("grpc-status: 0\r\ngrpc-status: 0\r\n")], {}, Code.Internal],
    ["a good status without a message", [trailers("grpc-status: 0\r\n")], {}, Code.Unimplemented],
    ["a good status in the headers without a message", [], { "grpc-status": "0" }, Code.Unimplemented],
    ["two messages", [message, message, trailers("grpc-status: 0\r\n")], {}, Code.Unimplemented],
    ["a status in both places", [trailers("grpc-status: 9\r\n")], { "grpc-status": "8" }, Code.FailedPrecondition],
    ["a bad status in the headers alone", [message, trailers("grpc-status: 0")], { "grpc-status": "8" }, 8],
    ["a message that is none", [writeFrame(Uint8Array.of(10, 9)), trailers("grpc-status: 0\r\n")], {}, Code.Internal],
  ])("rejects %s", async (_what, bytes, headers, code) => {
    expect((await errorOf(bytes, headers)).code).toBe(code);
  });

  it("tells what the other end said from what it only sent", async () => {
    const [said, unreadable, empty, unknown] = [
      await errorOf([trailers("grpc-status: 13\r\n")]),
      await errorOf([writeFrame(Uint8Array.of(10, 9)), trailers("grpc-status: 0\r\n")]),
      await errorOf([trailers("grpc-status: 0\r\n")]),
      await errorOf([trailers("grpc-status: 99\r\n")], { "x-e6-reason": "GATEWAY_ERROR" }),
    ];
    expect([said, unreadable, empty, unknown].map(({ isSpoken }) => isSpoken)).toEqual([true, false, false, false]);
    expect(unknown.headers.get("x-e6-reason")).toBe("GATEWAY_ERROR");
    expect(unreadable.cause).toBeInstanceOf(Error);
  });

  it.each([
    ["no%20table%20%C3%A9%F0%9F%98%80", "no table é😀"],
    ["100 % of %", "100 % of %"],
    ["%E9 is not UTF-8", "%E9 is not UTF-8"],
    ["na\u00efve \u{1f600}", "na\u00efve \u{1f600}"],
    ["", ""],
  ])("reads the text %j", async (sent, text) => {
    expect((await errorOf([trailers(`grpc-status: 3\r\ngrpc-message: ${sent}\r\n`)])).message).toBe(text);
  });

  it("passes over lines of trailers that are none", async () => {
    const error = await errorOf([trailers("\r\nno colon\r\n: no name\r\nno token: 1\r\ngrpc-status: 5\r\n")]);
    expect([error.code, [...error.headers.keys()]]).toEqual([Code.NotFound, ["content-type", "grpc-status"]]);
  });

  it.each([
    [0.5, "1m"],
    [99_999_999, "99999999m"],
    [100_000_001, "100001S"],
    [2 ** 31 - 1, "2147484S"],
    [undefined, null],
  ])("tells the other end a time of %s ms in eight digits at most", async (timeoutMs, header) => {
    const { sent, answer } = await call([message, trailers("grpc-status: 0\r\n")], {}, timeoutMs);
    await answer;
    expect(new Headers(sent[0]?.init.headers).get("grpc-timeout")).toBe(header);
  });
});
