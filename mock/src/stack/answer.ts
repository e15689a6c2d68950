import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { Code, type ConnectError } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";

/** What goes back on a stream. */
export interface Answer {
  readonly headers: OutgoingHttpHeaders;
  /** The body, in pieces that are sent as they are. */
  readonly chunks: readonly Uint8Array[];
  readonly trailers?: OutgoingHttpHeaders;
}

const grpcHeaders = { ":status": 200, "content-type": "application/grpc+proto" };

/** A good gRPC answer: one message, in pieces, behind the five bytes that frame it. */
export function grpcAnswer(message: readonly Uint8Array[]): Answer {
  const frame = new DataView(new ArrayBuffer(5));
  frame.setUint32(
    1,
    message.reduce((length, piece) => length + piece.length, 0),
  );
  return {
    headers: grpcHeaders,
    chunks: [new Uint8Array(frame.buffer), ...message],
    trailers: { "grpc-status": "0" },
  };
}

/** A gRPC error: headers alone, which are the trailers too. */
export function grpcError(error: ConnectError): Answer {
  const status = setTrailerStatus(new Headers(), error);
  return { headers: { ...grpcHeaders, ...Object.fromEntries(status) }, chunks: [] };
}

/** A bare HTTP answer, as a load balancer gives it. */
export function bareAnswer(status: number, contentType?: string, body = ""): Answer {
  const headers = { ":status": status, ...(contentType === undefined ? {} : { "content-type": contentType }) };
  return { headers, chunks: body === "" ? [] : [new TextEncoder().encode(body)] };
}

/** The gRPC status of an answer by its name, such as `OK` or `INVALID_ARGUMENT`. */
export function grpcStatusName({ headers, trailers }: Answer): string {
  const status = Number(trailers?.["grpc-status"] ?? headers["grpc-status"]);
  if (status === 0) return "OK";
  // ConnectError writes the code's name into its message, in snake case: "[not_found] …".
  const name = Code[status];
  return name === undefined ? String(status) : name === "Canceled" ? "CANCELLED" : snakeCase(name);
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

/** Sends an answer to a stream that is open. Settles once the stream is closed; whether all of the answer went out is the result. */
export function sendAnswer(stream: ServerHttp2Stream, { headers, chunks, trailers }: Answer): Promise<boolean> {
  if (chunks.length === 0) {
    stream.respond({ ...headers, ...trailers }, { endStream: true });
    return closed(stream);
  }
  stream.respond(headers, { waitForTrailers: trailers !== undefined });
  if (trailers) stream.once("wantTrailers", () => stream.closed || stream.sendTrailers(trailers));
  stream.cork();
  for (const chunk of chunks) stream.write(chunk);
  stream.uncork();
  stream.end();
  return closed(stream);
}

/** How much of an answer's body is sent before it is cut: it has to fit into what a caller takes without being asked. */
const maxCutBytes = 32 * 1024;

/** Sends the headers and the first half of an answer to a stream that is open, then calls `cut`. */
export async function sendHalfAnswer(stream: ServerHttp2Stream, answer: Answer, cut: () => void): Promise<void> {
  const body = Buffer.concat(answer.chunks.map((chunk) => chunk.subarray(0, maxCutBytes)));
  stream.respond(answer.headers);
  await new Promise<void>((resolve) => {
    stream.write(body.subarray(0, Math.min(body.length >> 1, maxCutBytes)), () => resolve());
    stream.once("close", resolve);
  });
  cut();
}

function closed(stream: ServerHttp2Stream): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = () => resolve(stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted);
    if (stream.closed && stream.destroyed) settle();
    else stream.once("close", settle);
  });
}
