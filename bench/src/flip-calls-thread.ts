/**
 * The callers of the flip measurement, in a thread of their own: so many calls in flight all the time, without a `strategy`, and every
 * answer looked at. Ends when it gets a message, and tells then what it has seen.
 */
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { buffer } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";

/** What to call, and how. */
export interface FlipCallsOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The only good answer. */
  readonly answer: Uint8Array;
  readonly inFlight: number;
}

/** What came of it. */
export interface FlipCallsSeen {
  readonly calls: number;
  readonly problems: readonly string[];
  /** Connections on which the gateway has said that it will close them, or which have closed. */
  readonly endings: number;
}

const connections = 8;
const seen = { calls: 0, problems: [] as string[], endings: 0 };
let isOver = false;

async function connectTo(url: string): Promise<ClientHttp2Session> {
  const session = connect(new URL(url).origin);
  await once(session, "connect");
  session.once("goaway", note).once("close", note);
  return session;
}

function note(): void {
  if (!isOver) seen.endings++;
}

async function keepCalling(session: ClientHttp2Session, { url, headers, body, answer }: FlipCallsOrder): Promise<void> {
  const request = { ":method": "POST", ":path": new URL(url).pathname, ...headers };
  while (!isOver) {
    const stream = session.request(request);
    stream.end(body);
    const got = await buffer(stream).catch(String);
    seen.calls++;
    if (typeof got === "string" || !got.equals(answer)) {
      seen.problems.push(typeof got === "string" ? got : `an answer of ${got.length} bytes`);
      return;
    }
  }
}

// Only gateway-flip.ts starts this thread.
const order: FlipCallsOrder = workerData;
const sessions = await Promise.all(Array.from({ length: connections }, () => connectTo(order.url)));
const callers = Array.from({ length: Math.ceil(order.inFlight / connections) }, () =>
  sessions.map((session) => keepCalling(session, order)),
);
parentPort?.postMessage("calling");
parentPort?.once("message", async () => {
  isOver = true;
  await Promise.allSettled(callers.flat());
  for (const session of sessions) session.destroy();
  const told: FlipCallsSeen = seen;
  parentPort?.postMessage(told);
});
