import { create, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect } from "e6data-web";
import { GetNextResultBatchRequestSchema, QueryEngineService } from "e6data-web/proto";
import type { Benchmark } from "./benchmark.ts";
import { fetchAllRows, readColumns, readRows, streamRows } from "./client-readings.ts";
import { makeDecodeInput, pythonWithConnector, withRowCount } from "./decode-input.ts";
import { measureRounds, type Subject, type Timing } from "./measure.ts";
import { startMillionPython } from "./million-python.ts";

const rowsOfBatch = 100_000;
const batchCount = 10;
const rowCount = rowsOfBatch * batchCount;
const rounds = { warmUp: 2, counted: 7 };
const sql = "select * from replayed";
const names = {
  columns: "client, to columns",
  rows: "client, to rows",
  fetched: "client, to rows by fetchAll()",
  streamed: "client, rows streamed",
  raw: "raw fetch of the same bytes",
  python: "Python connector, to rows",
  pythonInTurn: "Python connector, rows in turn",
};

/** A million rows from the engine to the caller, against the bare bytes and against the Python connector. */
export const millionRowsBenchmark: Benchmark = {
  name: "million-rows",
  about: `${rowCount} rows (LONG, DOUBLE, STRING) in ${batchCount} replayed batches: client and raw fetch through Envoy, Python directly`,
  run: async () => {
    const python = await pythonWithConnector();
    const { metadata, batch } = await makeDecodeInput(python, rowsOfBatch);
    await using mock = await startMock({ scale: 0.001 });
    mock.replay(sql, {
      metadata: withRowCount(metadata, rowCount),
      batches: new Array<Uint8Array>(batchCount).fill(batch),
    });
    await using gateway = await startGateway({ blue: mock.blue, green: mock.green });
    await using connection = connect({ url: gateway.url, user: "bench", token: "bench" });
    const fetches = await countFetches(mock, connection);
    const peer = startMillionPython(python, { port: mock.blue.port, sql, rowsOfBatch, rowCount });
    try {
      const timings = await measureRounds(
        [
          timedAsync(names.columns, () => readColumns(connection, sql)),
          timedAsync(names.rows, async () => (await readRows(connection, sql)).length),
          timedAsync(names.fetched, async () => (await fetchAllRows(connection, sql)).length),
          timedAsync(names.streamed, () => countStreamed(connection)),
          timedAsync(names.raw, await rawReader(gateway.url, fetches)),
          peer.subject(names.python, "all"),
          peer.subject(names.pythonInTurn, "in turn"),
        ],
        rounds,
      );
      return report(timings, fetches);
    } finally {
      await peer.close();
    }
  },
};

/** The calls by which the client fetches: the raw reader makes the same. */
async function countFetches(mock: Mock, connection: Connection): Promise<readonly string[]> {
  await readColumns(connection, sql);
  return mock.control
    .calls()
    .map(({ rpc }) => rpc)
    .filter((rpc) => rpc.startsWith("getNextResultBatch"));
}

/** Each row read and dropped. */
async function countStreamed(connection: Connection): Promise<number> {
  let rows = 0;
  await streamRows(connection, sql, () => {
    rows++;
  });
  return rows;
}

/** Fetches the same answers by the same calls, and does nothing with them. */
async function rawReader(baseUrl: string, fetches: readonly string[]): Promise<() => Promise<number>> {
  const client = createClient(QueryEngineService, createGrpcWebTransport({ baseUrl }));
  const headers = { strategy: "blue" };
  const { sessionId } = await client.authenticate({ user: "bench", password: "bench" }, { headers });
  return async () => {
    const { queryId, engineIP } = await client.prepareStatement({ sessionId, queryString: sql }, { headers });
    const query = { sessionId, queryId, engineIP };
    const pinned = { ...headers, plannerip: engineIP };
    await client.executeStatement(query, { headers: pinned });
    await client.getResultMetadata(query, { headers: pinned });
    const message = toBinary(GetNextResultBatchRequestSchema, create(GetNextResultBatchRequestSchema, query));
    const body = new Uint8Array(5 + message.length);
    new DataView(body.buffer).setUint32(1, message.length);
    body.set(message, 5);
    let bytes = 0;
    for (const rpc of fetches) {
      const init = { method: "POST", body, headers: { ...pinned, "content-type": "application/grpc-web+proto" } };
      const answer = await fetch(`${baseUrl}/QueryEngineService/${rpc}`, init);
      bytes += (await answer.arrayBuffer()).byteLength;
    }
    void client.clear(query, { headers: pinned });
    return bytes;
  };
}

function timedAsync(name: string, work: () => Promise<number>): Subject {
  return {
    name,
    measure: async () => {
      const start = performance.now();
      const seen = await work();
      if (seen < rowCount) throw new Error(`${name}: only ${seen} came`);
      return performance.now() - start;
    },
  };
}

function report(timings: ReadonlyMap<string, Timing>, fetches: readonly string[]): string[] {
  const line = (label: string, median: number, min: number, digits: number, note = "") =>
    label.padEnd(36) + median.toFixed(digits).padStart(10) + min.toFixed(digits).padStart(10) + note;
  const ratio = (label: string, part: string, whole: string, note: string) => {
    const [of, to] = [timings.get(part), timings.get(whole)];
    return of === undefined || to === undefined ? [] : [line(label, of.median / to.median, of.min / to.min, 2, note)];
  };
  return [
    `${fetches.length} fetches (${fetches[0]}); ${rounds.counted} interleaved rounds after ${rounds.warmUp} to warm up`,
    "",
    `${"".padEnd(36)}    median       min  ms`,
    ...[...timings.values()].map(({ name, median, min }) => line(name, median, min, 0)),
    "",
    ...ratio("columns / raw fetch", names.columns, names.raw, "  at most 1.3 wanted"),
    ...ratio("Python connector / rows", names.python, names.rows, "  at least 5 wanted"),
    ...ratio("Python connector / fetchAll()", names.python, names.fetched, ""),
    ...ratio("Python connector / columns", names.python, names.columns, ""),
    ...ratio("Python in turn / rows streamed", names.pythonInTurn, names.streamed, ""),
  ];
}
