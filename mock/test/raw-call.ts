import { connect, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";

/** What came back on the stream, without any gRPC library between. */
export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The stream's error code; 0 if it ended well. */
  readonly rstCode: number;
}

/** Sends one gRPC request, an empty message by default, over a connection of its own. */
export async function rawCall(
  port: number,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body: Uint8Array = new Uint8Array(5),
): Promise<RawAnswer> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  try {
    return await new Promise<RawAnswer>((resolve) => {
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        ...headers,
      });
      let received: IncomingHttpHeaders = {};
      let trailers: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      stream.on("response", (response) => {
        received = response;
      });
      stream.on("trailers", (response) => {
        trailers = response;
      });
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", () => undefined);
      stream.once("close", () => {
        const rstCode = stream.rstCode ?? constants.NGHTTP2_INTERNAL_ERROR;
        resolve({ headers: received, trailers, body: Buffer.concat(chunks), rstCode });
      });
      stream.end(body);
    });
  } finally {
    session.destroy();
  }
}
