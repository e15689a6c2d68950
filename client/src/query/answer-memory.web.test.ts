import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { numberedResult } from "../../test/long-result.ts";
import { openConnection } from "../../test/open-connection.ts";
import type { Value } from "../wire/column.ts";
import type { ResultBatch } from "../wire/result-batch.ts";

const sizes = [3, 1, 4, 1, 5];
const rowCount = sizes.reduce((sum, size) => sum + size);
const numbers = Array.from({ length: rowCount }, (_, index) => BigInt(index));
const pieceBytes = 16;

/** What was given back, in bytes: the memory of pieces, and of the answers that were put together of them. */
let freed: number[] = [];

beforeEach(() => {
  freed = [];
  const transfer = ArrayBuffer.prototype.transfer;
  vi.spyOn(ArrayBuffer.prototype, "transfer").mockImplementation(function (this: ArrayBuffer, length) {
    freed.push(this.byteLength);
    return transfer.call(this, length);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The answers whose memory was given back. An answer takes more room than all of its pieces have. */
function freedAnswers(): number {
  return freed.filter((bytes) => bytes > pieceBytes).length;
}

/** A connection whose answers come as networks deliver them: in a byte stream, piece by piece. */
function openInPieces(batchesInAnswer: number) {
  const opened = openConnection();
  opened.gateway.result = numberedResult(sizes);
  opened.gateway.batchesInAnswer = batchesInAnswer;
  opened.gateway.deliver = ({ body, status, headers }) =>
    new Response(body && inPieces(body), { status, headers: [...headers] });
  return opened.connection;
}

function inPieces(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    async start(controller) {
      for await (const chunk of body) {
        for (let from = 0; from < chunk.length; from += pieceBytes) {
          controller.enqueue(chunk.slice(from, from + pieceBytes));
        }
      }
      controller.close();
    },
  });
}

function numbersOf(batches: readonly ResultBatch[]): Value[] {
  return batches.flatMap((batch) => batch.rows()).flat();
}

describe.each([
  ["a batch in each answer", 0, sizes.length],
  ["two batches in an answer", 2, 3],
])("the memory of answers, %s", (_what, batchesInAnswer, answers) => {
  it("goes as a cursor makes rows", async () => {
    const connection = openInPieces(batchesInAnswer);
    const cursor = connection.cursor();
    await cursor.execute("select n from numbers");
    expect((await cursor.fetchMany(2)).flat()).toEqual(numbers.slice(0, 2));
    expect((await cursor.fetchAll()).flat()).toEqual(numbers.slice(2));
    expect(freedAnswers()).toBe(answers);
    await connection.close();
  });

  it.each([
    ["rows", (stream: AsyncIterable<readonly Value[]>) => stream],
    ["objects", (stream: { objects(): AsyncIterable<Record<string, Value>> }) => stream.objects()],
  ])("goes as a stream's %s are read", async (_form, read) => {
    const connection = openInPieces(batchesInAnswer);
    const seen: unknown[] = [];
    for await (const row of read(await connection.stream("select n from numbers"))) seen.push(...Object.values(row));
    expect(seen).toEqual(numbers);
    expect(freedAnswers()).toBe(answers);
    await connection.close();
  });

  it("stays while a result is kept", async () => {
    const connection = openInPieces(batchesInAnswer);
    const result = await connection.query("select n from numbers");
    expect(result.rows().flat()).toEqual(numbers);
    expect(numbersOf(result.batches)).toEqual(numbers);
    expect(freedAnswers()).toBe(0);
    await connection.close();
  });

  it("stays with the batches that a caller got from a stream", async () => {
    const connection = openInPieces(batchesInAnswer);
    const stream = await connection.stream("select n from numbers");
    const batches: ResultBatch[] = [];
    for await (const batch of stream.batches()) batches.push(batch);
    expect(numbersOf(batches)).toEqual(numbers);
    expect(freedAnswers()).toBe(0);
    await connection.close();
  });

  it("stays with the batches that a caller got from a cursor, whatever the cursor reads before and behind them", async () => {
    const connection = openInPieces(batchesInAnswer);
    const cursor = connection.cursor();
    await cursor.execute("select n from numbers");
    expect((await cursor.fetchMany(3)).flat()).toEqual(numbers.slice(0, 3));
    const batches: ResultBatch[] = [];
    for await (const batch of cursor.batches()) batches.push(batch);
    expect(await cursor.fetchAll()).toEqual([]);
    expect(numbersOf(batches)).toEqual(numbers.slice(3));
    await connection.close();
  });

  it("stays with a batch that a caller got from a cursor, also where rows of the same answer are fetched", async () => {
    const connection = openInPieces(batchesInAnswer);
    const cursor = connection.cursor();
    await cursor.execute("select n from numbers");
    const { value: first } = await cursor.batches()[Symbol.asyncIterator]().next();
    expect((await cursor.fetchAll()).flat()).toEqual(numbers.slice(3));
    expect(first?.rows().flat()).toEqual(numbers.slice(0, 3));
    await connection.close();
  });
});
