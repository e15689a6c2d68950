import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { framed } from "./frame.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The HTTP/2 error code of the reset, 0 if the stream ended well. */
  readonly resetCode: number;
}

/** A connection that speaks HTTP/2 in clear text, without any library of gRPC. */
export interface RawConnection extends AsyncDisposable {
  /** Sends one empty message, or another body, and waits for the end of the answer, good or bad. */
  call(headers: OutgoingHttpHeaders, body?: Uint8Array): Promise<RawAnswer>;
}

/** Connects to a gateway. */
export async function connectRaw(url: string, ca?: string): Promise<RawConnection> {
  const session = connect(url, ca === undefined ? {} : { ca });
  await once(session, "connect");
  return {
    call: (headers, body = framed(new Uint8Array())) => call(session, headers, body),
    async [Symbol.asyncDispose]() {
      session.destroy();
    },
  };
}

async function call(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body: Uint8Array): Promise<RawAnswer> {
  const stream = session.request({ ":method": "POST", ...headers });
  const answer = { headers: {} as IncomingHttpHeaders, trailers: {} as IncomingHttpHeaders, chunks: [] as Buffer[] };
  stream.on("response", (received) => {
    answer.headers = received;
  });
  stream.on("trailers", (received) => {
    answer.trailers = received;
  });
  stream.on("data", (chunk: Buffer) => answer.chunks.push(chunk));
  // A reset is an answer too: `close` follows, and the code tells.
  stream.on("error", () => undefined);
  stream.end(body);
  await new Promise((resolve) => stream.once("close", resolve));
  return {
    status: Number(answer.headers[":status"] ?? 0),
    headers: answer.headers,
    trailers: answer.trailers,
    body: Buffer.concat(answer.chunks),
    resetCode: stream.rstCode ?? 0,
  };
}
