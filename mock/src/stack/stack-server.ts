import { createServer, type Http2Server } from "node:http2";
import type { Socket } from "node:net";
import { listen } from "../listen.ts";
import { answerCall, type CallDesk } from "./answer-call.ts";

/** The socket of a stack: HTTP/2 in clear text, on loopback. */
export interface StackServer {
  /** Listens; the port stays the same over stops and starts. Rejects if it cannot be had. */
  start(): Promise<void>;
  /** Cuts every connection and stops listening. */
  stop(): Promise<void>;
  /** The port, once it has listened. */
  readonly port: number;
}

/**
 * Node ends a connection with ENHANCE_YOUR_CALM once its streams hold this many MB: the default of 10 is less than
 * four large answers.
 */
const maxSessionMemory = 1000;

/** Creates the server of a stack on `port`, 0 for any that is free. */
export function createStackServer(desk: CallDesk, port: number): StackServer {
  let server: Http2Server | undefined;
  let listening = port;
  const sockets = new Map<string, Socket>();
  return {
    async start() {
      if (server) return;
      const starting = createHttp2Server(desk, sockets);
      listening = await listen(starting, listening);
      server = starting;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      const closed = new Promise<void>((resolve) => stopping.close(() => resolve()));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
    get port() {
      return listening;
    },
  };
}

function createHttp2Server(desk: CallDesk, sockets: Map<string, Socket>): Http2Server {
  const server = createServer({ maxSessionMemory, settings: { maxConcurrentStreams: 1000 } });
  server.on("connection", (socket: Socket) => {
    const key = peerOf(socket);
    sockets.set(key, socket);
    socket.once("close", () => sockets.delete(key));
  });
  // A connection that breaks ends its streams, whose calls note it.
  server.on("session", (session) => session.on("error", () => undefined));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    // A session says good-bye when it is closed; a connection that is lost does not, so it is cut below the session.
    const drop = () => {
      if (stream.session) sockets.get(peerOf(stream.session.socket))?.destroy();
    };
    void answerCall(desk, { stream, headers, drop });
  });
  return server;
}

function peerOf(socket: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
