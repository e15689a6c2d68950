/**
 * All servers of the comparison with the peers, in a thread of its own, so that no client is measured with its server's work: the mock, which
 * replays the engine's answers, and the stand-in for the peers' servers. Ends when it gets a message.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type CannedResult, startMock } from "@e6data-web/mock";
import type { PeerData } from "./peer-data.ts";
import { startPeerServer } from "./peer-server.ts";

/** What the servers are to send. */
export interface PeerThreadOrder {
  readonly sql: string;
  /** The engine's answers. */
  readonly result: CannedResult;
  /** The peers' form of the same rows. */
  readonly data: PeerData;
}

/** Where they are. */
export interface PeerThreadPlace {
  readonly blue: { readonly port: number };
  readonly green: { readonly port: number };
  readonly peersUrl: string;
}

// Only peers.ts starts this thread.
const { sql, result, data }: PeerThreadOrder = workerData;
const mock = await startMock({ scale: 0.001 });
mock.replay(sql, result);
const peers = await startPeerServer(data);
const place: PeerThreadPlace = {
  blue: { port: mock.blue.port },
  green: { port: mock.green.port },
  peersUrl: peers.url,
};
parentPort?.postMessage(place);
parentPort?.once("message", async () => {
  await Promise.all([mock.close(), peers[Symbol.asyncDispose]()]);
});
