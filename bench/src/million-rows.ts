import { join } from "node:path";
import { startGateway } from "@e6data-web/gateway";
import { connect } from "e6data-web";
import type { Benchmark } from "./benchmark.ts";
import { readColumns } from "./client-readings.ts";
import { makeDecodeInput, pythonWithConnector, withRowCount } from "./decode-input.ts";
import { measureRounds, type Subject, type Timing } from "./measure.ts";
import type { ReadingOrder, ReadingWay } from "./million-reader.ts";
import { type ClientRuntime, clientRuntimes } from "./million-runtimes.ts";
import { startReadingProcess } from "./reading-process.ts";
import { type ReplayingMock, startReplayingMock } from "./replaying-mock.ts";

const rowsOfBatch = 100_000;
const batchCount = 10;
const rowCount = rowsOfBatch * batchCount;
const rounds = { warmUp: 2, counted: 11 };
const sql = "select * from replayed";
const clients: Readonly<Record<ReadingWay, string>> = {
  columns: "client, to columns",
  rows: "client, to rows by query().rows()",
  fetched: "client, to rows by cursor.fetchAll()",
  streamed: "client, rows streamed, each let go of",
  raw: "raw fetch of the same bytes",
};
const pythons = { all: "Python connector, fetchall()", "in turn": "Python connector, fetchmany() in turn" };

/** A million rows from the engine to the caller, against the bare bytes and against the Python connector. */
export const millionRowsBenchmark: Benchmark = {
  name: "million-rows",
  about: `${rowCount} rows (LONG, DOUBLE, STRING) in ${batchCount} replayed batches: client and raw fetch through Envoy, Python directly`,
  run: async () => {
    const python = await pythonWithConnector();
    const { metadata, batch } = await makeDecodeInput(python, rowsOfBatch);
    const result = {
      metadata: withRowCount(metadata, rowCount),
      batches: new Array<Uint8Array>(batchCount).fill(batch),
    };
    await using mock = await startReplayingMock({ sql, result });
    await using gateway = await startGateway(mock.place);
    const order = { url: gateway.url, sql, rowCount, fetches: await countFetches(mock, gateway.url) };
    const lines = [
      `${order.fetches.length} fetches (${order.fetches[0]}); ${rounds.counted} interleaved rounds after ${rounds.warmUp}`,
    ];
    for (const runtime of clientRuntimes) {
      lines.push("", ...report(runtime, await measureRuntime(runtime, order, python, mock)));
    }
    return lines;
  },
};

/** The calls by which the client fetches. */
async function countFetches(mock: ReplayingMock, url: string): Promise<readonly string[]> {
  await using connection = connect({ url, user: "bench", token: "bench" });
  await readColumns(connection, sql);
  return (await mock.calls()).filter((rpc) => rpc.startsWith("getNextResultBatch"));
}

/** Every way to read, each in a process of its own, in turn with the Python connector. */
async function measureRuntime(runtime: ClientRuntime, order: ReadingOrder, python: string, { place }: ReplayingMock) {
  await using parts = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  const start = await runtime.open(parts, order);
  for (const [way, name] of Object.entries(clients)) subjects.push(await start(way as ReadingWay, name));
  for (const [way, name] of Object.entries(pythons)) {
    const args = [join(import.meta.dirname, "million_python.py"), `${place.blue.port}`, sql, `${rowsOfBatch}`];
    subjects.push(startReadingProcess(parts, python, args, rowCount).subject(name, way));
  }
  return await measureRounds(subjects, rounds);
}

function report({ name }: ClientRuntime, timings: ReadonlyMap<string, Timing>): string[] {
  const line = (label: string, median: number, min: number, digits: number, note = "") =>
    label.padEnd(44) + median.toFixed(digits).padStart(10) + min.toFixed(digits).padStart(10) + note;
  const ratio = (label: string, part: string, whole: string, note = "") => {
    const [of, to] = [timings.get(part), timings.get(whole)];
    return of === undefined || to === undefined ? [] : [line(label, of.median / to.median, of.min / to.min, 2, note)];
  };
  return [
    `${name.padEnd(44)}    median       min  ms`,
    ...[...timings.values()].map(({ name, median, min }) => line(name, median, min, 0)),
    ...ratio("columns / raw fetch", clients.columns, clients.raw, "  at most 1.3 wanted"),
    ...ratio("Python fetchall() / rows()", pythons.all, clients.rows, "  at least 5 wanted"),
    ...ratio("Python fetchall() / fetchAll()", pythons.all, clients.fetched, "  at least 5 wanted"),
    ...ratio("Python fetchall() / columns", pythons.all, clients.columns),
    ...ratio("Python in turn / rows streamed", pythons["in turn"], clients.streamed),
  ];
}
