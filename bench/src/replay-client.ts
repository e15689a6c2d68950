/**
 * The caller of the replay measurement, in a thread of its own: it asks for answers one after the other over one
 * connection, as a gateway would, and tells how long that took. It looks at no byte of them.
 */
import { type ClientHttp2Session, connect } from "node:http2";
import { parentPort } from "node:worker_threads";

/** What to ask, and how often. */
export interface ReplayOrder {
  readonly port: number;
  readonly path: string;
  readonly body: Uint8Array;
  readonly count: number;
}

/** What came of it. */
export interface ReplaySeen {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** As wide as a gateway opens it: a caller that gives credit by the spoonful would measure its own round trips. */
const windowBytes = 64 * 1024 * 1024;

async function fetchAll({ port, path, body, count }: ReplayOrder): Promise<ReplaySeen> {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: windowBytes } });
  await new Promise((resolve, reject) => session.once("connect", resolve).once("error", reject));
  session.setLocalWindowSize(windowBytes);
  const start = performance.now();
  let bytes = 0;
  for (let index = 0; index < count; index++) bytes += await fetchOne(session, path, body);
  const milliseconds = performance.now() - start;
  session.close();
  return { milliseconds, bytes };
}

function fetchOne(session: ClientHttp2Session, path: string, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
    const stream = session.request(headers);
    let bytes = 0;
    let status: unknown;
    stream.on("trailers", (trailers) => {
      status = trailers["grpc-status"];
    });
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.once("error", reject);
    stream.once("close", () => {
      if (status === "0") resolve(bytes);
      else reject(new Error(`an answer ended with gRPC status ${String(status)}`));
    });
    stream.end(body);
  });
}

parentPort?.on("message", (order: ReplayOrder) => {
  fetchAll(order).then(
    (seen) => parentPort?.postMessage(seen),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  );
});
