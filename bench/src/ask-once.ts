import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { buffer } from "node:stream/consumers";

/** An answer over HTTP/2, as it came. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Makes one call over a connection of its own. Rejects if the answer does not come to its end. */
export async function askOnce(url: string, headers: OutgoingHttpHeaders, body: Uint8Array): Promise<Asked> {
  const { origin, pathname } = new URL(url);
  const session = connect(origin);
  try {
    const stream = session.request({ ":method": "POST", ":path": pathname, ...headers });
    const answer = { headers: {} as IncomingHttpHeaders, trailers: {} as IncomingHttpHeaders };
    stream.once("response", (received) => {
      answer.headers = received;
    });
    stream.once("trailers", (received) => {
      answer.trailers = received;
    });
    // Trailers come after the body, and before this.
    const closed = once(stream, "close");
    stream.end(body);
    const received = await buffer(stream);
    await closed;
    return { ...answer, body: received };
  } finally {
    session.close();
  }
}
