import { type ResultField, readResultBatch, readResultMetadata, type Value } from "e6data-web/wire";
import type { Benchmark } from "./benchmark.ts";
import { type DecodeInput, makeDecodeInput, pythonWithConnector } from "./decode-input.ts";
import { type PythonPeer, startPythonPeer } from "./decode-python.ts";
import { readWithThrift } from "./decode-thrift.ts";
import { measureAlone, measureRounds, type Subject, type Timing, timed } from "./measure.ts";

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
      const here = subjects(input, fields, json);
      const inTurn = await measureRounds([...here, peer.thrift, peer.rows], rounds);
      const alone = await measureAlone(here, rounds);
      return [
        `batch ${megabytes(input.batch.length)}, JSON ${megabytes(json.length)}; ${rounds.counted} rounds after ${rounds.warmUp} to warm up`,
        ...report("in turn, round by round", inTurn, peer),
        ...report("each alone, its data in the caches", alone, peer),
      ];
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

function subjects(input: DecodeInput, fields: readonly ResultField[], json: string): Subject[] {
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

function megabytes(length: number): string {
  return `${(length / 1e6).toFixed(2)} MB`;
}

function report(how: string, timings: ReadonlyMap<string, Timing>, peer: PythonPeer): string[] {
  const line = (label: string, { median, min, mean }: Omit<Timing, "name">, digits: number, note = "") =>
    label.padEnd(36) + [median, min, mean].map((number) => number.toFixed(digits).padStart(10)).join("") + note;
  const ratio = (label: string, part: string, whole: string, note?: string) => {
    const [of, to] = [timings.get(part), timings.get(whole)];
    if (of === undefined || to === undefined) return [];
    return [line(label, { median: of.median / to.median, min: of.min / to.min, mean: of.mean / to.mean }, 2, note)];
  };
  return [
    "",
    `${how.padEnd(36)}    median       min      mean  ms`,
    ...[...timings.values()].map((timing) => line(timing.name, timing, 3)),
    ...ratio("columns / memcpy", names.columns, names.memcpy, "  at most 4 wanted"),
    ...ratio("columns with text / memcpy", names.text, names.memcpy),
    ...ratio("rows / JSON.parse", names.rows, names.json, "  at most 0.35 wanted"),
    ...ratio("rows / thrift npm", names.rows, names.thrift),
    ...ratio("rows / Python connector", names.rows, peer.rows.name),
  ];
}
