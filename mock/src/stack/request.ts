import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { fromBinary, type Message } from "@bufbuild/protobuf";
import type { Rpc } from "./rpcs.ts";

/** The body of a request, or `too-large`: then what came after the limit was thrown away. */
export async function readBody(stream: ServerHttp2Stream, limit: number): Promise<Uint8Array | "too-large"> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > limit ? "too-large" : Buffer.concat(chunks, length);
}

const frameBytes = 5;

/** The message of a unary gRPC request; `undefined` if the body is not one whole uncompressed message of this RPC. */
export function readMessage(rpc: Rpc, body: Uint8Array): Message | undefined {
  if (body.length < frameBytes || body[0] !== 0) return undefined;
  const length = new DataView(body.buffer, body.byteOffset, body.length).getUint32(1);
  if (length !== body.length - frameBytes) return undefined;
  try {
    return fromBinary(rpc.method.input, body.subarray(frameBytes));
  } catch {
    // The gRPC library answers it, with its own words.
    return undefined;
  }
}

/** The text of a field of a message whose type is not known here; `undefined` if it has none or it is empty. */
export function textField(message: Message, field: "sessionId" | "queryId"): string | undefined {
  const value: unknown = Reflect.get(message, field);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A request header's value as it came. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The request's headers without HTTP/2's own. */
export function requestHeaders(headers: IncomingHttpHeaders): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) result.append(name, one);
  }
  return result;
}
