import { Agent, type IncomingMessage, request } from "node:http";
import type { OutgoingHttpHeaders } from "node:http2";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { emptyMessage, type RawAnswer, type RawConnection } from "./raw-call.ts";

/**
 * Speaks HTTP/1.1 with a gateway: in clear text, or with TLS where the address begins with `https:`. `ca` is whom to trust then. Each
 * call has a connection of its own: one that the gateway closes after an error costs no other call. With `isKept` there is only one, for
 * one call after another.
 */
export function connectHttp1(url: string, ca?: string, isKept = false): RawConnection {
  const isTls = url.startsWith("https:");
  const options = { keepAlive: isKept, maxSockets: isKept ? 1 : Number.POSITIVE_INFINITY };
  const agent = isTls ? new TlsAgent({ ca, ...options }) : new Agent(options);
  const send = isTls ? tlsRequest : request;
  return {
    call: (headers, body = emptyMessage, trailers) =>
      new Promise((resolve) => {
        const { ":method": method = "POST", ":path": path = "/", ...others } = headers;
        const call = { agent, method: String(method), path: String(path), headers: others as OutgoingHttpHeaders };
        const outgoing = send(url, call, (incoming) => resolve(read(incoming)));
        // Where no answer came. After one has begun, its own end tells.
        outgoing.on("error", () => resolve(nothing));
        if (trailers === undefined) {
          outgoing.end(body);
        } else {
          // Written before its end, so that it goes in chunks: only behind these there is room for trailers.
          outgoing.write(body);
          outgoing.addTrailers(trailers);
          outgoing.end();
        }
      }),
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

/** What HTTP/2 calls INTERNAL_ERROR: HTTP/1.1 has no codes. */
const brokenOff = 2;

const nothing: RawAnswer = {
  status: 0,
  headers: {},
  trailers: {},
  body: Buffer.alloc(0),
  resetCode: brokenOff,
};

async function read(incoming: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  // An answer that breaks off is an answer too: `close` follows, and `complete` tells.
  incoming.on("error", () => undefined);
  await new Promise((resolve) => incoming.once("close", resolve));
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    trailers: incoming.trailers,
    body: Buffer.concat(chunks),
    resetCode: incoming.complete ? 0 : brokenOff,
  };
}
