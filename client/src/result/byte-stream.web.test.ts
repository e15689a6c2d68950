import { describe, expect, it } from "vitest";
import { chunkBytes, longs } from "../../test/chunk-writer.ts";
import { settle } from "../../test/settle.ts";
import { E6Error } from "../error.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { createByteStream } from "./byte-stream.ts";
import { toCsv } from "./csv.ts";
import { toNdjson } from "./ndjson.ts";

const fields = [{ name: "n", type: "LONG", zone: "", format: "" }];

function batchOf(...values: readonly bigint[]): ResultBatch {
  return readResultBatch(chunkBytes([longs(...values)]), fields);
}

/** Batches that note what is asked of them. */
class Source implements AsyncIterable<ResultBatch>, AsyncIterator<ResultBatch> {
  asked = 0;
  returned = 0;
  readonly #answers: readonly (ResultBatch | Error | Promise<ResultBatch>)[];

  constructor(...answers: readonly (ResultBatch | Error | Promise<ResultBatch>)[]) {
    this.#answers = answers;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ResultBatch>> {
    const answer = this.#answers[this.asked++];
    if (answer instanceof Error) throw answer;
    return answer === undefined ? { done: true, value: undefined } : { done: false, value: await answer };
  }

  async return(): Promise<IteratorResult<ResultBatch>> {
    this.returned++;
    return { done: true, value: undefined };
  }
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("createByteStream()", () => {
  it("asks for nothing before it is read, and for one batch with each read", async () => {
    const source = new Source(batchOf(1n), batchOf(2n), batchOf(3n));
    const reader = toNdjson(source, fields).getReader();
    await settle();
    expect(source.asked).toBe(0);
    expect(text((await reader.read()).value)).toBe('{"n":"1"}\n');
    await settle();
    expect(source.asked).toBe(1);
    expect(text((await reader.read()).value)).toBe('{"n":"2"}\n');
    await settle();
    expect(source.asked).toBe(2);
    await reader.cancel();
  });

  it("passes over batches without rows, and ends with the source", async () => {
    const source = new Source(readResultBatch(new Uint8Array(), fields), batchOf(1n), batchOf());
    expect(await new Response(toNdjson(source, fields)).text()).toBe('{"n":"1"}\n');
    expect([source.asked, source.returned]).toEqual([4, 0]);
  });

  it("hands a large batch over in chunks, and asks for the next one only after the last of them", async () => {
    const values = Array.from({ length: 20_000 }, (_, row) => BigInt(row));
    const source = new Source(batchOf(...values), batchOf(1n));
    const reader = toCsv(source, fields, { header: false }).getReader();
    let written = "";
    while (written.length < values.join("\r\n").length) {
      const { value } = await reader.read();
      expect(value?.length).toBeLessThan(70_000);
      expect(source.asked).toBe(1);
      written += text(value);
    }
    expect(written).toBe(`${values.join("\r\n")}\r\n`);
    await reader.cancel();
  });

  it("takes a list as well", async () => {
    expect(await new Response(toCsv([batchOf(1n), batchOf(2n)], fields)).text()).toBe("n\r\n1\r\n2\r\n");
  });

  it.each(["before", "after"])("ends the source when the reader cancels %s its first read", async (when) => {
    const source = new Source(batchOf(1n), batchOf(2n));
    const reader = toNdjson(source, fields).getReader();
    if (when === "after") await reader.read();
    await reader.cancel("enough");
    expect([source.asked, source.returned]).toEqual([when === "after" ? 1 : 0, 1]);
  });

  it("ends the source at once when the reader cancels while a batch is on its way, and reads none of that", async () => {
    const { promise, resolve } = Promise.withResolvers<ResultBatch>();
    const source = new Source(promise);
    const reader = toNdjson(source, fields).getReader();
    const pending = reader.read();
    await settle();
    await reader.cancel();
    expect(source.returned).toBe(1);
    expect((await pending).done).toBe(true);
    let read = 0;
    const batch = batchOf(1n);
    resolve({
      ...batch,
      column: (index) => {
        read++;
        return batch.column(index);
      },
    });
    await settle();
    expect([read, source.asked, source.returned]).toEqual([0, 1, 1]);
  });

  it("ends the source when a loop over it breaks", async () => {
    const source = new Source(batchOf(1n), batchOf(2n));
    for await (const bytes of toNdjson(source, fields)) {
      expect(bytes.length).toBeGreaterThan(0);
      break;
    }
    expect(source.returned).toBe(1);
  });

  it("hands an error of the source to the reader after what came before it, and does not end a source that has failed", async () => {
    const failure = new E6Error("RESULT_INTERRUPTED", "gone");
    const source = new Source(batchOf(1n), failure);
    const reader = toNdjson(source, fields).getReader();
    expect(text((await reader.read()).value)).toBe('{"n":"1"}\n');
    await expect(reader.read()).rejects.toBe(failure);
    expect(source.returned).toBe(0);
  });

  it("ends the source when a row cannot be written, with the row's place in the whole", async () => {
    const source = new Source(batchOf(1n, 2n), batchOf(3n, 2n ** 53n));
    const reader = toNdjson(source, fields, { dialect: "plain" }).getReader();
    expect(text((await reader.read()).value)).toBe('{"n":1}\n{"n":2}\n');
    await expect(reader.read()).rejects.toMatchObject({
      code: "PRECISION_LOSS",
      message: 'Row 3 of the column "n" has a value that plain JavaScript would not hold exactly.',
    });
    expect([source.asked, source.returned]).toEqual([2, 1]);
  });

  it("tells of the row that cannot be written even if the source does not end well", async () => {
    const source = new Source(batchOf(1n));
    source.return = () => Promise.reject(new Error("in its wake"));
    const failure = new Error("first");
    const stream = createByteStream(source, "", () => {
      throw failure;
    });
    await expect(stream.getReader().read()).rejects.toBe(failure);
  });

  it("tells who cancels if the source does not end well", async () => {
    const source = new Source(batchOf(1n));
    const failure = new Error("not ended");
    source.return = () => Promise.reject(failure);
    await expect(toNdjson(source, fields).cancel()).rejects.toBe(failure);
  });

  it("keeps a source waiting that is piped to a slow sink", async () => {
    const source = new Source(batchOf(1n), batchOf(2n), batchOf(3n), batchOf(4n));
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = toNdjson(source, fields).pipeTo(new WritableStream({ write: () => promise }));
    await settle();
    await settle();
    expect(source.asked).toBeLessThanOrEqual(2);
    resolve();
    await done;
    expect(source.asked).toBe(5);
  });
});
