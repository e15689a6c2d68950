import { type ResultField, readResultBatch, readResultMetadata, type Value } from "e6data-web/wire";
import type { Benchmark } from "./benchmark.ts";
import { type DecodeInput, makeDecodeInput, pythonWithConnector } from "./decode-input.ts";
import { type PythonPeer, startPythonPeer } from "./decode-python.ts";
import { readWithThrift } from "./decode-thrift.ts";
import { measureRounds, type Subject, type Timing, timed } from "./measure.ts";

const rowCount = 100_000;
const rounds = { warmUp: 15, counted: 40 };

const names = {
  memcpy: "memcpy (set into a reused buffer)",
  columns: "columns: numbers, text offsets",
  text: "columns: numbers, text",
  rows: "rows",
  json: "JSON.parse of the same rows",
  thrift: "thrift npm, arrays of objects",
};

/** Decoding a batch of 100,000 rows, to columns and to rows, against its peers. */
export const decodeBenchmark: Benchmark = {
  name: "decode",
  about: `one batch of ${rowCount} rows (LONG, DOUBLE, STRING), decoded`,
  run: async () => {
    const python = await pythonWithConnector();
    const input = await makeDecodeInput(python, rowCount);
    const { fields } = readResultMetadata(input.metadata);
    const json = jsonOf(input, fields);
    const peer = startPythonPeer(python, input);
    try {
      const timings = await measureRounds(subjects(input, fields, json, peer), rounds);
      return report(input, json, peer, timings);
    } finally {
      await peer.close();
    }
  },
};

/** The batch's rows as JSON, which has no integers beyond 2^53; those of the batch are smaller. */
function jsonOf(input: DecodeInput, fields: readonly ResultField[]): string {
  const rows = readResultBatch(input.batch, fields).rows();
  const json = JSON.stringify(
    rows.map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value))),
  );
  assertSame(rows, JSON.parse(json));
  assertThriftAgrees(input, rows);
  return json;
}

/** What is not read alike must not be compared. */
function assertSame(rows: readonly Value[][], parsed: readonly unknown[][]): void {
  const same = rows.every((row, index) => {
    const other = parsed[index] ?? [];
    return row.length === other.length && row.every((value, column) => String(value) === String(other[column]));
  });
  if (!same || rows.length !== parsed.length) throw new Error("the rows and their JSON differ");
}

function assertThriftAgrees(input: DecodeInput, rows: readonly Value[][]): void {
  const { vectors } = readWithThrift(Buffer.from(input.batch));
  const same = rows.every((row, index) =>
    row.every((value, column) => String(value) === String(vectors[column]?.values[index])),
  );
  if (!same) throw new Error("the rows and what the thrift library reads differ");
}

function subjects(input: DecodeInput, fields: readonly ResultField[], json: string, peer: PythonPeer): Subject[] {
  const { batch } = input;
  const copy = new Uint8Array(batch.length);
  const buffer = Buffer.from(batch);
  return [
    timed(names.memcpy, () => {
      copy.set(batch);
      return copy;
    }),
    timed(names.columns, () => readColumns(batch, fields, false)),
    timed(names.text, () => readColumns(batch, fields, true)),
    timed(names.rows, () => readResultBatch(batch, fields).rows()),
    timed(names.json, () => JSON.parse(json)),
    timed(names.thrift, () => readWithThrift(buffer)),
    peer.thrift,
    peer.rows,
  ];
}

/** Reading checks every offset of a text; asking for a column's array makes its numbers, or its text. */
function readColumns(batch: Uint8Array, fields: readonly ResultField[], text: boolean): unknown[] {
  const read = readResultBatch(batch, fields);
  const arrays: unknown[] = [];
  for (let index = 0; index < read.columnCount; index++) {
    const column = read.column(index);
    arrays.push(text || column.type !== "STRING" ? column.toArray() : column);
  }
  return arrays;
}

function report(input: DecodeInput, json: string, peer: PythonPeer, timings: ReadonlyMap<string, Timing>): string[] {
  const of = (name: string): Timing => timings.get(name) ?? { name, min: Number.NaN, median: Number.NaN };
  const ratio = (name: string, to: string): string =>
    `${(of(name).median / of(to).median).toFixed(2)} (of minima ${(of(name).min / of(to).min).toFixed(2)})`;
  const megabytes = (length: number): string => `${(length / 1e6).toFixed(2)} MB`;
  return [
    `batch ${megabytes(input.batch.length)}, JSON ${megabytes(json.length)}; ${rounds.counted} interleaved rounds after ${rounds.warmUp} to warm up`,
    "",
    `${"".padEnd(36)}${"median".padStart(10)}${"min".padStart(10)}  ms`,
    ...[...timings.values()].map(
      ({ name, median, min }) => name.padEnd(36) + median.toFixed(3).padStart(10) + min.toFixed(3).padStart(10),
    ),
    "",
    `columns / memcpy            ${ratio(names.columns, names.memcpy)}, at most 4 wanted`,
    `columns with text / memcpy  ${ratio(names.text, names.memcpy)}`,
    `rows / JSON.parse           ${ratio(names.rows, names.json)}, at most 0.35 wanted`,
    `rows / thrift npm           ${ratio(names.rows, names.thrift)}`,
    `rows / Python connector     ${ratio(names.rows, peer.rows.name)}`,
  ];
}
