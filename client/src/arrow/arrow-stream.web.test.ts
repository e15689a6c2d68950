import { tableFromIPC } from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { readMessages } from "../../test/arrow-messages.ts";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { settle } from "../../test/settle.ts";
import { thrift } from "../../test/thrift-writer.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { arrowContentType, toArrowStream } from "./arrow-stream.ts";

const fields = [{ name: "n", type: "LONG", zone: "", format: "" }];

function batchOf(...values: readonly bigint[]): ResultBatch {
  return readResultBatch(chunkBytes([longs(...values)]), fields);
}

function columnBatch(vector: VectorParts): ResultBatch {
  return readResultBatch(chunkBytes([vector]), fields);
}

/** Batches that note what is asked of them. */
function sourceOf(...answers: readonly (ResultBatch | Error)[]) {
  const seen = { asked: 0, returned: 0 };
  const source: AsyncIterableIterator<ResultBatch> = {
    async next() {
      const answer = answers[seen.asked++];
      if (answer instanceof Error) throw answer;
      return answer === undefined ? { done: true, value: undefined } : { done: false, value: answer };
    },
    async return() {
      seen.returned++;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  return { seen, source };
}

async function read(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const bytes: number[] = [];
  // Not by a Response: a browser's has an error of its own for one of the stream's.
  for await (const chunk of stream) bytes.push(...chunk);
  const table = tableFromIPC(Uint8Array.from(bytes), { useBigInt: true, useDecimalInt: true });
  return [...(table.getChildAt(0) ?? [])];
}

describe("toArrowStream()", () => {
  it("asks for nothing before it is read, and then for a batch when all before it is read: a message with each read", async () => {
    const { seen, source } = sourceOf(batchOf(1n), batchOf(2n, 3n));
    const reader = toArrowStream({ fields, batches: () => source }).getReader();
    await settle();
    expect(seen.asked).toBe(0);
    const end = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
    const messages = [];
    for (const asked of [1, 1, 2]) {
      const { value = new Uint8Array() } = await reader.read();
      messages.push(...readMessages(Uint8Array.of(...value, ...end)).map(({ kind }) => kind));
      await settle();
      expect(seen.asked).toBe(asked);
    }
    expect(messages).toEqual(["schema", "record batch", "record batch"]);
    expect((await reader.read()).value).toEqual(end);
    expect((await reader.read()).done).toBe(true);
    expect(seen).toEqual({ asked: 3, returned: 0 });
  });

  it("reads a stream that is piped through slowly no faster than it is taken", async () => {
    const { seen, source } = sourceOf(batchOf(1n), batchOf(2n), batchOf(3n), batchOf(4n));
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = toArrowStream({ fields, batches: source }).pipeTo(new WritableStream({ write: () => promise }));
    await settle();
    await settle();
    expect(seen.asked).toBeLessThanOrEqual(2);
    resolve();
    await done;
  });

  it.each([0, 1, 2])("ends the source when the reader cancels after %i reads", async (reads) => {
    const { seen, source } = sourceOf(batchOf(1n), batchOf(2n));
    const reader = toArrowStream({ fields, batches: source }).getReader();
    for (let count = 0; count < reads; count++) await reader.read();
    await reader.cancel();
    expect(seen).toEqual({ asked: Math.min(reads, 1), returned: 1 });
  });

  it("hands an error of the source on after the batch before it", async () => {
    const failure = new Error("gone");
    const { seen, source } = sourceOf(batchOf(1n), failure);
    const reader = toArrowStream({ fields, batches: source }).getReader();
    for (const _message of ["schema", "batch"]) expect((await reader.read()).done).toBe(false);
    await expect(reader.read()).rejects.toBe(failure);
    expect(seen.returned).toBe(0);
  });

  it("ends the source when a batch cannot be written, with the row's place in the whole", async () => {
    const broken = columnBatch(strings("good", Uint8Array.of(0xff)));
    const { seen, source } = sourceOf(batchOf(1n), broken, batchOf(2n));
    const reader = toArrowStream({ fields, batches: source }).getReader();
    for (const _message of ["schema", "batch"]) await reader.read();
    await expect(reader.read()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: 'From row 1 on the column "n" is of type STRING, which is another one to Arrow than before.',
    });
    expect(seen).toEqual({ asked: 2, returned: 1 });
  });

  it("writes the schema alone for a result without rows, of the types that the metadata says", async () => {
    const empty = readResultBatch(new Uint8Array(), fields);
    for (const batches of [[], [empty]]) {
      const bytes = await new Response(toArrowStream({ fields, batches })).bytes();
      expect(readMessages(bytes)).toEqual([{ kind: "schema", bodyLength: 0 }]);
      const table = tableFromIPC(bytes);
      expect([table.numRows, table.schema.fields[0]?.type]).toMatchObject([0, { bitWidth: 64, signed: true }]);
    }
  });

  it("writes a result without columns as a schema without fields", async () => {
    const bytes = await new Response(toArrowStream({ fields: [], batches: [] })).bytes();
    expect(readMessages(bytes)).toEqual([{ kind: "schema", bodyLength: 0 }]);
    expect(tableFromIPC(bytes).schema.fields).toEqual([]);
  });

  it("passes over batches without rows", async () => {
    const empty = readResultBatch(new Uint8Array(), fields);
    expect(await read(toArrowStream({ fields, batches: [empty, batchOf(1n), empty, batchOf(2n)] }))).toEqual([1n, 2n]);
  });

  it("keeps the type of the metadata where the first batch has no value", async () => {
    const nulls = columnBatch({ type: vectorNumber.NULL, size: 2, constant: true, nulls: [true] });
    expect(await read(toArrowStream({ fields, batches: [nulls, batchOf(5n)] }))).toEqual([null, null, 5n]);
  });

  it("has room for decimals of which the first batch tells nothing, or as much as it is told", async () => {
    const decimal = (unscaled: bigint, scale: number): ResultBatch => {
      const bytes = new Uint8Array(16);
      new DataView(bytes.buffer).setBigInt64(8, unscaled);
      const data = [
        [
          17,
          thrift.struct([
            [1, thrift.list(11, [thrift.string(bytes)])],
            [2, thrift.i32(scale)],
          ]),
        ],
      ] as const;
      return columnBatch({ type: vectorNumber.DECIMAL128, data });
    };
    const nothing = (scale: number) =>
      columnBatch({
        type: vectorNumber.DECIMAL128,
        constant: true,
        nulls: [true],
        data: [
          [
            18,
            thrift.struct([
              [1, thrift.string("")],
              [2, thrift.i32(scale)],
            ]),
          ],
        ],
      });
    const value = decimal(125n, 2);
    expect(await read(toArrowStream({ fields, batches: [nothing(0), value] }))).toEqual([null, 125n * 10n ** 16n]);
    expect(await read(toArrowStream({ fields, batches: [nothing(4), value] }))).toEqual([null, 12500n]);
    const told = { decimalScales: { n: 2 } };
    expect(await read(toArrowStream({ fields, batches: [nothing(0), value] }, told))).toEqual([null, 125n]);
    const later = toArrowStream({ fields, batches: [value, decimal(5n, 1), decimal(1000n, 4), decimal(1001n, 4)] });
    await expect(read(later)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: 'Row 3 of the column "n" has a decimal that decimal128(38, 2) does not hold.',
    });
  });

  it("names its media type", () => {
    expect(arrowContentType).toBe("application/vnd.apache.arrow.stream");
  });
});
