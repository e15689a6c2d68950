import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { framed } from "./frame.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  /** The HTTP status, 0 where none came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** 0 if the answer came to its end; else the HTTP/2 error code of the reset, or 2 where HTTP/1.1 has broken off. */
  readonly resetCode: number;
}

/** Headers behind a body. */
export type Trailers = Readonly<Record<string, string>>;

/** A connection that speaks HTTP without any library of gRPC. */
export interface RawConnection extends AsyncDisposable {
  /**
   * Sends one empty message, or another body, and waits for the end of the answer, good or bad. Method and path are named as HTTP/2
   * has them, whatever is spoken. `trailers` go behind the body.
   */
  call(headers: OutgoingHttpHeaders, body?: Uint8Array, trailers?: Trailers): Promise<RawAnswer>;
}

/** A message without fields, as a call sends it that has nothing to say. */
export const emptyMessage: Uint8Array = framed(new Uint8Array());

/** Node's HTTP/2 takes no answer while more megabytes than that of its own requests wait to be sent: 10, unless it is told otherwise. */
export const roomToSend = { maxSessionMemory: 100 };

/** Connects to a gateway over HTTP/2: in clear text, or with TLS where the address begins with `https:`. `ca` is whom to trust then. */
export async function connectRaw(url: string, ca?: string): Promise<RawConnection> {
  const session = connect(url, { ...roomToSend, ...(ca === undefined ? {} : { ca }) });
  await once(session, "connect");
  return {
    call: (headers, body = emptyMessage, trailers) => call(session, headers, body, trailers),
    async [Symbol.asyncDispose]() {
      session.destroy();
    },
  };
}

async function call(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
  trailers: Trailers | undefined,
): Promise<RawAnswer> {
  const stream = session.request({ ":method": "POST", ...headers }, { waitForTrailers: trailers !== undefined });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers ?? {}));
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
