import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { create, toBinary } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { type Mock, startMock } from "@e6data-web/mock";
import { GetNextResultBatchRequestSchema, QueryEngineService } from "e6data-web/proto";
import type { Benchmark } from "./benchmark.ts";
import { measureRounds, type Subject, type Timing } from "./measure.ts";
import type { ReplayOrder, ReplaySeen } from "./replay-client.ts";
import { startBareServer, startConnectServer } from "./replay-servers.ts";

const batchBytes = 5_060_000;
const batches = 20;
const rounds = { warmUp: 3, counted: 15 };
const path = "/QueryEngineService/getNextResultBatch";
const sql = "select * from replayed";

const names = {
  bare: "bare node:http2",
  mock: "mock, replayed batches",
  connect: "connect-node",
};

/** How fast the mock sends batches that are encoded already, against a bare server that sends the same frames. */
export const replayBenchmark: Benchmark = {
  name: "replay",
  about: `${batches} batches of ${batchBytes / 1e6} MB, fetched one after the other over one HTTP/2 connection`,
  run: async () => {
    const batch = crypto.getRandomValues(new Uint8Array(65_536));
    const large = new Uint8Array(batchBytes).map((_, index) => batch[index % batch.length] ?? 0);
    await using mock = await startMock({ scale: 0.001 });
    mock.replay(sql, { metadata: new Uint8Array(12), batches: new Array<Uint8Array>(batches).fill(large) });
    const worker = new Worker(new URL("./replay-client.ts", import.meta.url));
    const caller = await signIn(mock);
    const servers = [await startBareServer(caller.sessionId, large), await startConnectServer(caller.sessionId, large)];
    try {
      const [bare, connect] = servers;
      const timings = await measureRounds(
        [
          ask(worker, names.bare, () => order(bare?.port ?? 0, caller.sessionId, "")),
          ask(worker, names.mock, async () => order(mock.blue.port, caller.sessionId, await caller.prepare())),
          ask(worker, names.connect, () => order(connect?.port ?? 0, caller.sessionId, "")),
        ],
        rounds,
      );
      return report(timings);
    } finally {
      caller.close();
      await worker.terminate();
      await Promise.all(servers.map((server) => server.close()));
    }
  },
};

interface Caller {
  readonly sessionId: string;
  prepare(): Promise<string>;
  close(): void;
}

async function signIn(mock: Mock): Promise<Caller> {
  const baseUrl = `http://127.0.0.1:${mock.blue.port}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const client: Client<typeof QueryEngineService> = createClient(
    QueryEngineService,
    createGrpcTransport({ baseUrl, sessionManager }),
  );
  const { sessionId } = await client.authenticate({ user: "bench", password: "bench" });
  return {
    sessionId,
    prepare: async () => (await client.prepareStatement({ sessionId, queryString: sql })).queryId,
    close: () => sessionManager.abort(),
  };
}

function order(port: number, sessionId: string, queryId: string): ReplayOrder {
  const message = toBinary(
    GetNextResultBatchRequestSchema,
    create(GetNextResultBatchRequestSchema, { sessionId, queryId }),
  );
  const body = Buffer.alloc(5 + message.length);
  body.writeUInt32BE(message.length, 1);
  body.set(message, 5);
  return { port, path, body, count: batches };
}

function ask(worker: Worker, name: string, makeOrder: () => ReplayOrder | Promise<ReplayOrder>): Subject {
  return {
    name,
    measure: async () => {
      worker.postMessage(await makeOrder());
      const [seen]: (ReplaySeen | { readonly error: string })[] = await once(worker, "message");
      if (seen === undefined || "error" in seen) throw new Error(`${name}: ${seen?.error ?? "no answer"}`);
      if (seen.bytes < batches * batchBytes) throw new Error(`${name}: only ${seen.bytes} bytes came`);
      return seen.milliseconds;
    },
  };
}

function report(timings: ReadonlyMap<string, Timing>): string[] {
  const of = (name: string): Timing =>
    timings.get(name) ?? { name, min: Number.NaN, median: Number.NaN, mean: Number.NaN };
  const rate = ({ median }: Timing): string => ((batches * batchBytes) / 1e3 / median).toFixed(0);
  const ratio = (name: string, to: string): string =>
    `${(of(to).median / of(name).median).toFixed(2)} (of minima ${(of(to).min / of(name).min).toFixed(2)})`;
  return [
    `${rounds.counted} interleaved rounds after ${rounds.warmUp} to warm up`,
    "",
    `${"".padEnd(28)}${"median".padStart(10)}${"min".padStart(10)}  ms${"".padStart(6)}MB/s`,
    ...[...timings.values()].map(
      (timing) =>
        timing.name.padEnd(28) +
        timing.median.toFixed(1).padStart(10) +
        timing.min.toFixed(1).padStart(10) +
        rate(timing).padStart(14),
    ),
    "",
    `speed of the mock / bare node:http2  ${ratio(names.mock, names.bare)}, at least 0.8 wanted`,
    `speed of the mock / connect-node     ${ratio(names.mock, names.connect)}`,
  ];
}
