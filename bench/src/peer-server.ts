import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { answerPeer, type PeerAsk } from "./peer-answers.ts";
import type { PeerData } from "./peer-data.ts";

/** A server that stands in for the servers of all peers: it sends the same rows to each in its own protocol. */
export interface PeerServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts it on a free port of 127.0.0.1. Nothing is compressed. */
export async function startPeerServer(data: PeerData): Promise<PeerServer> {
  const server = createServer((request, response) => {
    // The client went away in the middle, or its request was none of its protocol: it sees the connection end.
    answer(data, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a TCP port has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(data: PeerData, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answerPeer(data, await askOf(request));
  response.writeHead(status, headers);
  await pipeline(Readable.from(body), response);
}

async function askOf(request: IncomingMessage): Promise<PeerAsk> {
  const { method = "", url = "", headers } = request;
  return {
    method,
    url: new URL(url, `http://${headers.host}`),
    header: (name) => headers[name]?.toString(),
    body: await text(request),
  };
}
