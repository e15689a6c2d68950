import { describe, expect, it } from "vitest";
import { readBatch } from "../../test/engine-result.ts";
import { readThriftStruct } from "../../test/thrift-struct.ts";
import { readVectorCase } from "../../test/vector-case.ts";
import { encodeChunk } from "./chunk.ts";
import type { ChunkColumn } from "./chunk-column.ts";
import { type PointerReader, textEntry } from "./text-entry.ts";
import type { VectorSlice } from "./vector-slice.ts";
import type { VectorType } from "./vector-type.ts";

/** Texts that are too long for their entries lie here, some with a gap before them; a pointer is a place in it. */
const heap = Buffer.alloc(1_000_000);
let heapEnd = 64;
const read: PointerReader = (buffer, offset, length) => {
  const at = Number(new DataView(buffer).getBigUint64(offset, true));
  expect(at + length).toBeLessThanOrEqual(heapEnd);
  return heap.subarray(at, at + length);
};

interface Memory {
  readonly width: number;
  readonly write: (view: DataView, at: number, value: unknown) => void;
}

const int64: Memory = { width: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(String(value)), true) };
const micros: Memory = {
  width: 8,
  write: (view, at, value) => view.setBigInt64(at, BigInt((value as { micros: string }).micros), true),
};
const text: Memory = { width: 16, write: (view, at, value) => writeEntry(view, at, Buffer.from(String(value))) };

/** How DuckDB would hold the values of a case, written from its C interface's description. */
const memories: Record<Exclude<VectorType, "NULL">, Memory> = {
  BOOLEAN: { width: 1, write: (view, at, value) => view.setUint8(at, value === true ? 1 : 0) },
  INTEGER: { width: 4, write: (view, at, value) => view.setInt32(at, Number(value), true) },
  LONG: int64,
  INTERVAL_DAY_SECOND: int64,
  FLOAT: { width: 4, write: (view, at, value) => view.setFloat32(at, Number(value), true) },
  DOUBLE: { width: 8, write: (view, at, value) => view.setFloat64(at, Number(value), true) },
  STRING: text,
  ARRAY: text,
  MAP: text,
  STRUCT: text,
  BINARY: { width: 16, write: (view, at, value) => writeEntry(view, at, Buffer.from(String(value), "hex")) },
  DATE: micros,
  DATETIME: micros,
  TIMESTAMP: micros,
  TIMESTAMP_TZ: micros,
  DECIMAL128: {
    width: 16,
    write: (view, at, value) => {
      const unscaled = BigInt(String(value).replace(".", ""));
      view.setBigUint64(at, BigInt.asUintN(64, unscaled), true);
      view.setBigInt64(at + 8, unscaled >> 64n, true);
    },
  },
};

function writeEntry(view: DataView, at: number, bytes: Uint8Array): void {
  view.setUint32(at, bytes.length, true);
  const entry = new Uint8Array(view.buffer, view.byteOffset + at, textEntry.bytes);
  if (bytes.length <= textEntry.inlineMax) {
    entry.fill(0, 4);
    entry.set(bytes, textEntry.inlineAt);
  } else {
    heapEnd += bytes.length % 3 === 0 ? 5 : 0;
    heap.set(bytes, heapEnd);
    view.setBigUint64(at + textEntry.pointerAt, BigInt(heapEnd), true);
    heapEnd += bytes.length;
  }
}

/** One vector's memory; where a row has no value it holds rubbish, as DuckDB's may. */
function memoryOf(type: Exclude<VectorType, "NULL">, values: readonly unknown[]): VectorSlice {
  const { width, write } = memories[type];
  const data = new DataView(new ArrayBuffer(values.length * width + 8), 8);
  new Uint8Array(data.buffer).fill(0xab);
  const validity = new Uint8Array(Math.ceil(values.length / 64) * 8);
  values.forEach((value, row) => {
    if (value !== null) {
      write(data, row * width, value);
      validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
    }
  });
  const allValid = values.every((value) => value !== null);
  return { data, validity: allValid ? undefined : validity, from: 0, count: values.length };
}

/** The rows cut in three: two runs of one vector, one of another. */
function slicesOf(type: VectorType, values: readonly unknown[]): VectorSlice[] {
  if (type === "NULL") {
    return [];
  }
  const [first, second] = [Math.floor(values.length / 3), Math.floor((values.length * 2) / 3)];
  const one = memoryOf(type, values.slice(0, second));
  return [
    { ...one, count: first },
    { ...one, from: first, count: second - first },
    memoryOf(type, values.slice(second)),
  ];
}

function scaleOf(values: readonly unknown[]): number {
  return Math.max(0, ...values.map((value) => (value === null ? 0 : (String(value).split(".")[1] ?? "").length)));
}

/** Encodes the values of a case again, batch by batch. */
function encodeAgain(name: string, zone?: string): { ours: Uint8Array[]; theirs: Uint8Array[] } {
  const { fields, columns, batches } = readVectorCase(name);
  let row = 0;
  const ours = batches.map((batch) => {
    const size = Number(readThriftStruct(batch).get(1));
    const encoded = fields.map((field, i): ChunkColumn => {
      const type = field.type as VectorType;
      const values = (columns[i] ?? []).slice(row, row + size);
      return {
        type,
        scale: scaleOf(columns[i] ?? []),
        slices: slicesOf(type, values),
        ...(zone === undefined ? {} : { zone }),
      };
    });
    row += size;
    return encodeChunk(encoded, size, read, 1e9);
  });
  return { ours, theirs: batches };
}

const hex = (batches: readonly Uint8Array[]): string[] => batches.map((batch) => Buffer.from(batch).toString("hex"));

describe("encodeChunk()", () => {
  it.each([
    "array",
    "binary",
    "boolean",
    "date",
    "datetime",
    "double",
    "float",
    "integer",
    "interval-day-second",
    "long",
    "map",
    "null",
    "string",
    "struct",
    "timestamp",
    "timestamp-tz-without-zones",
    "duplicate-and-empty-names",
  ])("writes the bytes of the independent encoder: %s", (name) => {
    const { ours, theirs } = encodeAgain(name);
    expect(hex(ours)).toEqual(hex(theirs));
  });

  it("writes decimals as the independent encoder does, whose batches have one scale", () => {
    const { ours, theirs } = encodeAgain("decimal128");
    expect(hex(ours)).toEqual(hex(theirs));
  });

  it("writes one zone for every row of a TIMESTAMP_TZ", () => {
    const { ours, theirs } = encodeAgain("timestamp-tz", "+05:30");
    // The second batch of that case has one row, in that zone.
    expect(hex(ours)[1]).toBe(hex(theirs)[1]);
  });

  it("grows beyond its first room and keeps what is there", () => {
    const values = Array.from({ length: 50_000 }, (_, i) => String(i));
    const chunk = encodeChunk([{ type: "LONG", slices: slicesOf("LONG", values) }], values.length, read, 1e9);
    expect(readBatch(chunk).map(([value]) => String(value))).toEqual(values);
  });

  it("refuses to write more bytes than it may", () => {
    const slices = slicesOf("LONG", ["1", "2", "3"]);
    expect(() => encodeChunk([{ type: "LONG", slices }], 3, read, 60)).toThrow(RangeError);
  });
});
