import type { ServerHttp2Stream } from "node:http2";
import { createCount } from "./count.ts";
import { framed } from "./frame.ts";
import type { Script } from "./scripted-upstream.ts";

/** Answers that go on for as long as the test wants: every call of the script gets each message. */
export interface Trickle {
  readonly script: Script;
  /** Resolves when so many calls have come. */
  untilCalled(calls: number): Promise<void>;
  /** Sends one more message to each. */
  send(message: Uint8Array): void;
  /** Ends each answer, with status 0. */
  end(): void;
}

/** Creates a trickle that nobody has called yet. */
export function createTrickle(): Trickle {
  const streams: ServerHttp2Stream[] = [];
  const called = createCount();
  return {
    script(stream, upstream) {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "x-upstream": upstream.name },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      streams.push(stream);
      called.add();
    },
    untilCalled: called.until,
    send(message) {
      for (const stream of streams) {
        stream.write(framed(message));
      }
    },
    end() {
      for (const stream of streams) {
        stream.end();
      }
    },
  };
}
