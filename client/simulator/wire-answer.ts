import { create, type DescMethodUnary, toBinary } from "@bufbuild/protobuf";
import {
  type GatewayReason,
  headerActiveStrategy,
  headerReason,
  headerRetrySafe,
  type Strategy,
} from "../src/headers.ts";

/** What an engine or the gateway answers to a call. */
export type Reply =
  | { readonly message: object }
  | { readonly code: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> };

/** What the client looks at of a response. One of the platform takes ten times as long to make and to read. */
type LightResponse = Pick<Response, "ok" | "status" | "headers"> & {
  readonly body: { getReader(): Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel"> } | null;
};

const contentType = { "content-type": "application/grpc-web+proto" };
/** A frame of trailers that says: no failure. */
const goodEnd = frame(0x80, new TextEncoder().encode("grpc-status: 0\r\n"));

/** The response by which a reply comes to a page. `isCut`: the connection is lost in the middle of its body. */
export function toResponse(
  method: DescMethodUnary,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  isCut: boolean,
): Response {
  if ("code" in reply) {
    const status = { "grpc-status": String(reply.code), "grpc-message": encodeURIComponent(reply.text) };
    return lightResponse({ ...contentType, ...status, ...reply.headers, ...headers }, undefined);
  }
  // Whatever fields an answer has, they are those of its method.
  const body = frame(0, toBinary(method.output, create(method.output, reply.message as never)));
  return lightResponse({ ...contentType, ...headers }, isCut ? body.subarray(0, body.length - 1) : join(body, goodEnd));
}

function lightResponse(
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array<ArrayBuffer> | undefined,
): Response {
  const response: LightResponse = {
    ok: true,
    status: 200,
    headers: new Headers(headers),
    body: bytes === undefined ? null : { getReader: () => readOnce(bytes) },
  };
  // The client looks at nothing else.
  return response as unknown as Response;
}

/** A reader that gets all at once. */
function readOnce(bytes: Uint8Array<ArrayBuffer>): Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel"> {
  let isRead = false;
  return {
    read: async () => {
      if (isRead) return { done: true, value: undefined };
      isRead = true;
      return { done: false, value: bytes };
    },
    cancel: async () => undefined,
  };
}

/** What the gateway says of itself. */
export function gatewayReply(reason: GatewayReason, active: Strategy, isSafe: boolean): Reply {
  const code = reason === "STRATEGY_MISMATCH" ? 9 : reason === "OVERLOADED" ? 8 : 14;
  return {
    code,
    text: reason,
    headers: {
      [headerReason]: reason,
      [headerRetrySafe]: String(isSafe),
      ...(reason === "STRATEGY_MISMATCH" && { [headerActiveStrategy]: active }),
    },
  };
}

function frame(flags: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 + data.length);
  bytes[0] = flags;
  new DataView(bytes.buffer).setUint32(1, data.length);
  bytes.set(data, 5);
  return bytes;
}

function join(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
