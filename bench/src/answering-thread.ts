/** The stacks that answer at once: `node:http2` and nothing else, so that little of what is measured is theirs. */
import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/** What the stacks are to answer, framed, and where they are to note who calls. */
export interface StacksOrder {
  readonly small: Uint8Array;
  readonly large: Uint8Array;
  /** Four numbers in shared memory: for each stack, how many calls have come and when the last one did. */
  readonly arrivals: Float64Array;
}

/** The ports of blue and of green. */
export interface StacksPlace {
  readonly ports: readonly [number, number];
}

/** A minute: for so long `explain` is silent, and `explainAnalyze` sends a small message each second. */
const longSeconds = 60;

const maxSessionMemory = 10_000;

type Answer = (stream: ServerHttp2Stream, order: StacksOrder, name: string) => void | Promise<void>;

const answers: Readonly<Record<string, Answer>> = {
  getNextResultBatch(stream, { large }, name) {
    begin(stream, name);
    stream.end(large);
  },
  async explain(stream, { small }, name) {
    await delay(longSeconds * 1000);
    begin(stream, name);
    stream.end(small);
  },
  async explainAnalyze(stream, { small }, name) {
    begin(stream, name);
    for (let second = 0; second < longSeconds; second++) {
      stream.write(small);
      await delay(1000);
    }
    stream.end();
  },
};

const answerStatus: Answer = (stream, { small }, name) => {
  begin(stream, name);
  stream.end(small);
};

function begin(stream: ServerHttp2Stream, name: string): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc", "x-upstream": name }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
}

async function listen(order: StacksOrder, index: 0 | 1): Promise<number> {
  const { arrivals } = order;
  const name = index === 0 ? "blue" : "green";
  const server = createServer({ maxSessionMemory });
  server.on("stream", (stream, headers) => {
    arrivals[2 * index] = (arrivals[2 * index] ?? 0) + 1;
    arrivals[2 * index + 1] = performance.timeOrigin + performance.now();
    // A caller that hangs up in the middle is nothing to tell.
    stream.on("error", () => undefined);
    const answer = answers[headers[":path"]?.split("/").at(-1) ?? ""] ?? answerStatus;
    void answer(stream, order, name);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a TCP port has an address of this form.
  return (server.address() as AddressInfo).port;
}

// Only answering-stacks.ts starts this thread.
const order: StacksOrder = workerData;
const place: StacksPlace = { ports: [await listen(order, 0), await listen(order, 1)] };
parentPort?.postMessage(place);
