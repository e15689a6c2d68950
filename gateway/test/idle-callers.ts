import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { framed } from "./frame.ts";
import type { Script } from "./scripted-upstream.ts";

/** Larger than all that is buffered on the way. */
const message = framed(new Uint8Array(16 * 1024 * 1024));

/** What a stack answers those callers: of an answer of which nothing is read, as much arrives as the buffers take. */
export const largeAnswer: Script = (stream, upstream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc", "x-upstream": upstream.name });
  stream.end(message);
};

/** Callers who ask for large answers and read nothing of them: each fills buffers of the gateway for as long as it stays. */
export interface IdleCallers extends Disposable {
  /** Resolves when so many more have been answered, well or not. Stacks must know the script `large`: {@link largeAnswer}. */
  add(count: number): Promise<void>;
  /** All of them hang up. */
  [Symbol.dispose](): void;
}

/** Creates callers of a gateway: none at first. `ca` is whom to trust where the address begins with `https:`. */
export function createIdleCallers(url: string, ca?: string): IdleCallers {
  const sessions: ClientHttp2Session[] = [];
  const ask = async () => {
    const session = connect(url, ca === undefined ? {} : { ca });
    session.on("error", () => undefined);
    sessions.push(session);
    const stream = session.request({
      ":method": "POST",
      ":path": "/QueryEngineService/getNextResultBatch",
      "content-type": "application/grpc-web+proto",
      "x-script": "large",
    });
    // Destroyed in the middle at the end.
    stream.on("error", () => undefined);
    stream.end(framed(new Uint8Array()));
    await once(stream, "response");
  };
  return {
    async add(count) {
      await Promise.all(Array.from({ length: count }, ask));
    },
    [Symbol.dispose]() {
      for (const session of sessions) {
        session.destroy();
      }
    },
  };
}
