/**
 * The servers of a comparison, in a thread of its own, so that no client is measured with its server's work: the mock, which replays the
 * engine's answers, and the stand-in for the peers' servers. Ends when it gets a message.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type CannedResult, startMock } from "@e6data-web/mock";
import type { PeerData } from "./peer-data.ts";
import { startPeerServer } from "./peer-server.ts";

/** What the servers are to send. */
export interface ServerOrder {
  readonly sql: string;
  /** The engine's answers. */
  readonly result: CannedResult;
  /** The peers' form of the same rows. */
  readonly data: PeerData;
}

/** Where they are. */
export interface ServerPlace {
  readonly blue: { readonly port: number };
  readonly green: { readonly port: number };
  readonly peersUrl: string;
}

// Only start-servers.ts starts this thread.
const { sql, result, data }: ServerOrder = workerData;
const mock = await startMock({ scale: 0.001 });
mock.replay(sql, result);
const peers = await startPeerServer(data);
const { blue, green } = mock;
const place: ServerPlace = {
  blue: { port: blue.port },
  green: { port: green.port },
  peersUrl: peers.url,
};
parentPort?.postMessage(place);
parentPort?.once("message", async () => {
  await Promise.all([mock.close(), peers[Symbol.asyncDispose]()]);
});
