import { connect, type Socket } from "node:net";

/** Milliseconds for one exchange. Generous: each ends by an answer or by the connection's end, and takes one or two. */
const timeLimit = 20_000;

/** What a connection is used for: bytes go out, and those that come back are looked at until they say that all is there. */
export interface Exchange {
  readonly port: number;
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
export function exchange({ port, bytes, isCutOff, take }: Exchange): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (isClosed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isClosed);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error("HANGS: neither an answer nor the connection's end has come"));
    }, timeLimit);
    socket.on("connect", () => (isCutOff ? socket.end(bytes) : socket.write(bytes)));
    socket.on("data", (chunk) => {
      if (take(chunk, socket)) settle(false);
    });
    // A reset connection is an end like another: `close` follows.
    socket.on("error", () => undefined);
    socket.on("close", () => settle(true));
  });
}
