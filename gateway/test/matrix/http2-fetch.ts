import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { Readable } from "node:stream";
import { roomToSend } from "../raw-call.ts";

/** A `fetch` that speaks HTTP/2 to one gateway, in clear text too: Node's own speaks HTTP/1.1. */
export interface Http2Fetch extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch;
}

/** Connects to a gateway. `ca` is whom to trust where the address begins with `https:`. */
export function connectHttp2Fetch(url: string, ca?: string): Http2Fetch {
  const open = () => {
    const session = connect(url, { ...roomToSend, ...(ca === undefined ? {} : { ca }) });
    // What goes wrong, each call is told by its stream.
    session.on("error", () => undefined);
    return session;
  };
  let session = open();
  return {
    async fetch(input, init) {
      // The gateway may want no more calls on it.
      if (session.closed) session = open();
      return send(session, new Request(input, init));
    },
    async [Symbol.asyncDispose]() {
      session.destroy();
    },
  };
}

async function send(session: ClientHttp2Session, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const body = Buffer.from(await request.arrayBuffer());
  const stream = session.request(
    { ":method": request.method, ":path": pathname + search, ...Object.fromEntries(request.headers) },
    { signal: request.signal },
  );
  const received = new Promise<IncomingHttpHeaders>((resolve, reject) => {
    stream.once("response", resolve);
    stream.once("error", reject);
    stream.once("close", () => reject(new TypeError(`the stream was reset: ${stream.rstCode}`)));
  });
  // Told by the body from then on.
  stream.on("error", () => undefined);
  stream.end(body);
  const { ":status": status, ...headers } = await received;
  // The same class, which Node and the web declare each in their own way.
  return new Response(Readable.toWeb(stream) as ReadableStream, {
    status: Number(status),
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  });
}
