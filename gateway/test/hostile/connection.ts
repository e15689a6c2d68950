import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Milliseconds for one exchange. Generous: each ends by an answer or by the connection's end, and takes one or two. */
const timeLimit = 20_000;

/** Where connections go to, on 127.0.0.1: in clear text, or with TLS where there is somebody to trust. */
export interface Target {
  readonly port: number;
  readonly ca?: string;
}

/** The versions of HTTP, as TLS names them. */
export type Protocol = "h2" | "http/1.1";

/** What a connection is used for: bytes go out, and those that come back are looked at until they say that all is there. */
export interface Exchange {
  readonly target: Target;
  /** What is agreed on where there is TLS. */
  readonly protocol: Protocol;
  readonly bytes: Uint8Array;
  /** Ends our side at once: what was sent is not all of a request, and the other end is not to wait for the rest. */
  readonly isCutOff: boolean;
  /** Is handed what arrives; true ends the exchange. */
  take(chunk: Uint8Array, socket: Socket): boolean;
}

/**
 * Runs one exchange over a connection of its own. Resolves with whether the other end closed it. Rejects when neither an answer nor an
 * end comes: a request has left the gateway hanging.
 */
export function exchange({ target, protocol, bytes, isCutOff, take }: Exchange): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = open(target, protocol);
    const settle = (isClosed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isClosed);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error("HANGS: neither an answer nor the connection's end has come"));
    }, timeLimit);
    socket.on(target.ca === undefined ? "connect" : "secureConnect", () =>
      isCutOff ? socket.end(bytes) : socket.write(bytes),
    );
    socket.on("data", (chunk) => {
      if (take(chunk, socket)) settle(false);
    });
    // A reset connection is an end like another: `close` follows.
    socket.on("error", () => undefined);
    socket.on("close", () => settle(true));
  });
}

function open({ port, ca }: Target, protocol: Protocol): Socket {
  const host = "127.0.0.1";
  return ca === undefined ? connect(port, host) : connectTls({ port, host, ca, ALPNProtocols: [protocol] });
}
