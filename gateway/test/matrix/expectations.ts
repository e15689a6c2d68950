import { createHash } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { headerActiveStrategy, headerReason, headerRetrySafe, headerUpstreamStatus } from "e6data-web/headers";
import type { ExpectStatic } from "vitest";
import { exposedHeaders } from "../../src/cors.ts";
import { goodTrailers } from "../good-answer.ts";
import { emptyMessage, type RawAnswer } from "../raw-call.ts";
import type { Cause, HttpVersion, TypedEnd, Way, WebEnd } from "./cause.ts";
import type { ClientAnswer } from "./client-call.ts";
import { pageOrigin } from "./lab.ts";
import { batch, framedBatch } from "./messages.ts";
import type { WebAnswer } from "./web-call.ts";

/** Checks an answer of gRPC-Web as it came over the wire, byte for byte. */
export function expectWire(
  expect: ExpectStatic,
  cause: Cause,
  way: Way,
  version: HttpVersion,
  answer: RawAnswer,
): void {
  const { status, headers, body, resetCode } = answer;
  const end = way.web ?? cause.web;
  if (end.end === "bare") {
    // Envoy says this before it knows who calls, and over HTTP/2 it says nothing: no page may read it.
    expect.soft(status).toBe(version === "h1" ? end.status : 0);
    expect.soft(headers).not.toHaveProperty("access-control-allow-origin");
    return;
  }
  expect.soft(status).toBe(200);
  expect.soft(headers).toMatchObject({
    "content-type": "application/grpc-web+proto",
    "access-control-allow-origin": pageOrigin,
    "access-control-expose-headers": exposedHeaders.join(","),
    ...(end.end === "typed" ? { "grpc-status": String(Code[end.code]), ...errorHeaders(end) } : {}),
  });
  for (const name of ["access-control-allow-credentials", "location"]) {
    expect.soft(headers).not.toHaveProperty(name);
  }
  if (end.end !== "typed") {
    expect.soft(headers).not.toHaveProperty(headerReason);
  }
  expect.soft(resetCode === 0).toBe(end.end !== "broken");
  expectBody(expect, end, way, { headers, body });
}

function expectBody(expect: ExpectStatic, end: WebEnd, way: Way, answer: Pick<RawAnswer, "headers" | "body">): void {
  const { headers, body } = answer;
  switch (end.end) {
    case "typed":
      expect.soft(body.toString("latin1")).toBe(end.isUnfiltered === true ? trailersOf(headers) : "");
      // Percent-encoded text of which nothing needs to be.
      expect.soft(headers["grpc-message"]).toMatch(/^[ !#$&-~]+$/);
      break;
    case "good":
      expect.soft(body.equals(Buffer.concat([messageOf(way), goodTrailers]))).toBe(true);
      break;
    case "engine":
      expect.soft(engineErrorIn(answer)).toEqual({ status: String(Code[end.code]), message: end.message });
      break;
    default:
      expect.soft({ headers, body: body.toString("latin1") }).toEqual({
        headers: expect.not.objectContaining({ "grpc-status": expect.anything() }),
        body: expect.not.stringContaining("grpc-status"),
      });
  }
}

/** What the gateway says of an error beside its status. */
function errorHeaders({ reason, isRetrySafe, upstreamStatus, isUnfiltered }: TypedEnd): Record<string, string> {
  return {
    [headerReason]: reason,
    [headerRetrySafe]: String(isRetrySafe),
    ...(isUnfiltered === true ? {} : { [headerActiveStrategy]: "blue" }),
    [headerUpstreamStatus]: String(upstreamStatus),
  };
}

/** The frame of trailers, as text of which each letter is a byte, that says what the headers say. */
function trailersOf(headers: RawAnswer["headers"]): string {
  const text = `grpc-status:${headers["grpc-status"]}\r\ngrpc-message:${headers["grpc-message"]}\r\n`;
  return `\x80\0\0\0${String.fromCharCode(text.length)}${text}`;
}

function messageOf({ rows }: Way): Uint8Array {
  return rows === undefined ? emptyMessage : framedBatch();
}

/** Where an engine's error stands: in the headers, if that is all there is, or in the last frame of the body. */
function engineErrorIn({ headers, body }: Pick<RawAnswer, "headers" | "body">): { status: string; message: string } {
  const start = body.indexOf(0x80);
  const text = start < 0 ? "" : body.subarray(start + 5).toString("latin1");
  const lines = new Map([...text.matchAll(/^([^:\r\n]+):([^\r\n]*)\r$/gm)].map(([, name, value]) => [name, value]));
  const read = (name: string) => String(headers[name] ?? lines.get(name));
  return { status: read("grpc-status"), message: decodeURIComponent(read("grpc-message")) };
}

/** Checks what a native gRPC caller gets. */
export function expectNative(expect: ExpectStatic, cause: Cause, way: Way, answer: RawAnswer): void {
  const { status, headers, trailers, body, resetCode } = answer;
  const end = way.native ?? cause.native;
  const grpcStatus = { ...headers, ...trailers }["grpc-status"];
  expect.soft(resetCode === 0).toBe(end.end !== "broken");
  if (end.end !== "broken") {
    expect.soft(status).toBe(end.end === "bare" ? end.status : 200);
  }
  if (end.end !== "grpc") {
    expect.soft(grpcStatus).toBeUndefined();
    expect.soft(headers).not.toHaveProperty(headerReason);
    return;
  }
  expect.soft(headers["content-type"]).toBe("application/grpc");
  expect.soft(grpcStatus).toBe(end.code === "OK" ? "0" : String(Code[end.code]));
  if (end.code === "OK") {
    expect.soft(body.equals(messageOf(way))).toBe(true);
  }
}

/** Checks what connect-web makes of an answer. */
export function expectWeb(expect: ExpectStatic, cause: Cause, way: Way, answer: WebAnswer): void {
  expect.soft(answer).toMatchObject(webAnswerOf(way.web ?? cause.web, way));
}

function webAnswerOf(end: WebEnd, way: Way): Partial<WebAnswer> {
  switch (end.end) {
    case "typed":
      return { code: end.code, headers: errorHeaders(end) };
    case "good":
      return { code: "OK", ...rowsOf(way) };
    case "engine":
      return { code: end.code, message: end.message, headers: {} };
    case "unfinished":
      return { code: "Unknown", message: "missing trailer", headers: {} };
    case "broken":
      return { code: "Unknown", headers: {} };
    case "bare":
      // Beyond that, runtimes differ: Node's may read the status.
      return { headers: {}, rows: 0 };
  }
}

function rowsOf({ rows }: Way): Pick<WebAnswer, "rows" | "rowsHash"> {
  const bytes = rows === undefined ? new Uint8Array() : batch();
  return { rows: bytes.length, rowsHash: createHash("sha256").update(bytes).digest("hex") };
}

/** Checks what this repository's client makes of an answer. */
export function expectClient(expect: ExpectStatic, cause: Cause, way: Way, answer: ClientAnswer): void {
  const end = way.web ?? cause.web;
  // Where no stack is found, the message has what each has answered, and there is no one reason.
  const reason = end.end === "typed" && cause.client !== "NO_ACTIVE_STACK" ? end.reason : undefined;
  expect.soft(answer).toEqual({ code: cause.client, reason });
}
