import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
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
  const sessions = new Set<ServerHttp2Session>();
  return {
    async start() {
      if (server) return;
      const starting = createHttp2Server(desk, sessions);
      listening = await listen(starting, listening);
      server = starting;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      const closed = new Promise<void>((resolve) => stopping.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
    get port() {
      return listening;
    },
  };
}

function createHttp2Server(desk: CallDesk, sessions: Set<ServerHttp2Session>): Http2Server {
  const server = createServer({ maxSessionMemory, settings: { maxConcurrentStreams: 1000 } });
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // A connection that breaks ends its streams, whose calls note it.
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    void answerCall(desk, stream, headers);
  });
  return server;
}
