/** What the benchmark `main-thread` runs in a page. */
import { type ResultField, readResultBatch, readResultMetadata } from "e6data-web/wire";

/** What is done with each batch. */
export type PageWork = "batch" | "columns" | "rows" | "worker";

/** The page's door for the benchmark. */
export interface PageBench {
  /** Takes the bytes in, in so many copies that no cache holds them all. */
  load(batchUrl: string, metadataUrl: string, copies: number): Promise<void>;
  /** Does the work so many times and tells how many milliseconds each took. */
  run(work: PageWork, rounds: number): Promise<number[]>;
}

let batches: readonly Uint8Array[] = [];
let fields: readonly ResultField[] = [];
/** The last result: no compiler can drop the work. */
let kept: unknown;

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** The numbers of a batch as arrays; of texts the batch has checked where they are. */
function columnsOf(bytes: Uint8Array): unknown[] {
  const batch = readResultBatch(bytes, fields);
  return fields.map((_, index) => {
    const column = batch.column(index);
    return column.type === "STRING" ? column : column.toArray();
  });
}

/** A worker that does nothing, and so is the least that any costs the page: bytes go over, and as many come back in the buffers of columns. */
const idleWorker = `onmessage = ({ data }) => {
  const parts = [0, 1, 2, 3].map(() => new ArrayBuffer(data.byteLength / 4));
  postMessage(parts, parts);
};`;
const worker = new Worker(URL.createObjectURL(new Blob([idleWorker])));

function throughWorker(bytes: Uint8Array): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(bytes.buffer, [bytes.buffer]);
  return promise;
}

const works: Readonly<Record<PageWork, (bytes: Uint8Array) => unknown>> = {
  batch: (bytes) => readResultBatch(bytes, fields),
  columns: columnsOf,
  rows: (bytes) => readResultBatch(bytes, fields).rows(),
  worker: throughWorker,
};

const bench: PageBench = {
  async load(batchUrl, metadataUrl, copies) {
    const bytes = await bytesOf(batchUrl);
    batches = Array.from({ length: copies }, () => bytes.slice());
    fields = readResultMetadata(await bytesOf(metadataUrl)).fields;
  },
  async run(work, rounds) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const bytes = batches[round % batches.length] ?? new Uint8Array();
      // What goes to a worker is gone: it gets bytes of its own, and they are not the page's to pay for.
      const own = work === "worker" ? new Uint8Array(bytes.length) : bytes;
      const start = performance.now();
      kept = await works[work](own);
      times.push(performance.now() - start);
    }
    return times;
  },
};

Object.assign(globalThis, { bench, kept: () => kept });
