import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { GrpcError } from "./grpc-status.ts";
import { readFrames, writeFrame } from "./grpc-web-frames.ts";
import { HttpFailure } from "./http-failure.ts";

const message = Uint8Array.of(0, 0, 0, 0, 2, 7, 8);
/** `grpc-status:0`, as PROTOCOL-WEB.md of grpc/grpc lays it out. */
const trailer = Uint8Array.of(0x80, 0, 0, 0, 13, ...new TextEncoder().encode("grpc-status:0"));
const complete = Uint8Array.of(...message, ...trailer);

function codeOf(bytes: Uint8Array): Code | undefined {
  try {
    readFrames(bytes);
  } catch (error) {
    return error instanceof GrpcError ? error.code : undefined;
  }
  throw new Error("the frames were read");
}

describe("writeFrame()", () => {
  it("puts flags and length before the message", () => {
    expect(writeFrame(Uint8Array.of(7, 8))).toEqual(message);
  });
});

describe("readFrames()", () => {
  it("reads a message and its trailers", () => {
    const read = readFrames(complete);
    expect(read.message).toEqual(Uint8Array.of(7, 8));
    expect(read.trailers?.get("grpc-status")).toBe("0");
  });

  it("reads them from the middle of a buffer, without copying the message", () => {
    const buffer = new Uint8Array(complete.length + 6);
    buffer.set(complete, 3);
    const read = readFrames(buffer.subarray(3, 3 + complete.length));
    expect(read.message).toEqual(Uint8Array.of(7, 8));
    expect(read.message?.buffer).toBe(buffer.buffer);
  });

  it("reads trailers alone, and nothing at all", () => {
    expect(readFrames(trailer).message).toBeUndefined();
    expect(readFrames(new Uint8Array())).toEqual({ message: undefined, trailers: undefined });
  });

  it.each([1, 4, 5, 6, 8, 11, 12, complete.length - 1])("finds a body cut after %i bytes broken off", (length) => {
    expect(() => readFrames(complete.subarray(0, length))).toThrow(HttpFailure);
  });

  it("finds a frame that claims 4 GiB broken off, without allocating them", () => {
    expect(() => readFrames(Uint8Array.of(0, 255, 255, 255, 255, 1))).toThrow(HttpFailure);
  });

  it.each([
    ["a message after the trailers", [...trailer, ...message]],
    ["a second trailer", [...trailer, ...trailer]],
    ["a compressed message", [1, 0, 0, 0, 0]],
    ["compressed trailers", [0x81, 0, 0, 0, 0]],
  ])("refuses %s", (_what, bytes) => {
    expect(codeOf(Uint8Array.from(bytes))).toBe(Code.Internal);
  });

  it("knows of no call with two messages", () => {
    expect(codeOf(Uint8Array.of(...message, ...message, ...trailer))).toBe(Code.Unimplemented);
  });
});
