import { toArrowStream } from "e6data-web/arrow";
import type { ResultBatch, ResultField, Value } from "e6data-web/wire";

/** A result as the peers' servers would send it: one page of rows, encoded for each of them, as many times as there are pages. */
export interface PeerData {
  readonly pages: number;
  readonly fields: readonly PeerField[];
  /** The rows of a page as JSON arrays, with commas between. */
  readonly jsonRows: Uint8Array<ArrayBuffer>;
  /** The rows of a page as JSON arrays, each on a line of its own. */
  readonly jsonLines: Uint8Array<ArrayBuffer>;
  /** The rows of a page as Vitess has them in JSON, with commas between: all texts of a row in one, with their lengths. */
  readonly vitessRows: Uint8Array<ArrayBuffer>;
  /** The whole result as an Arrow IPC stream, a record batch a page. */
  readonly arrow: Uint8Array<ArrayBuffer>;
}

/** A column by the names that the peers have for its type. */
export interface PeerField {
  readonly name: string;
  readonly trino: string;
  readonly vitess: string;
}

const peerTypes = new Map([
  ["LONG", { trino: "bigint", vitess: "INT64" }],
  ["DOUBLE", { trino: "double", vitess: "FLOAT64" }],
  ["STRING", { trino: "varchar", vitess: "VARCHAR" }],
]);

/**
 * Encodes a page for the peers. Throws for a type that not all of them have, and for an integer that JSON's readers would not read back as it is.
 */
export async function makePeerData(
  fields: readonly ResultField[],
  page: ResultBatch,
  pages: number,
): Promise<PeerData> {
  const rows = page.rows();
  const json = rows.map((row) => JSON.stringify(row.map(jsonValue)));
  const batches = new Array<ResultBatch>(pages).fill(page);
  return {
    pages,
    fields: fields.map(peerField),
    jsonRows: encode(json.join(",")),
    jsonLines: encode(json.map((line) => `${line}\n`).join("")),
    vitessRows: encode(rows.map(vitessRow).join(",")),
    arrow: await bytesOf(toArrowStream({ fields, batches })),
  };
}

function peerField({ name, type }: ResultField): PeerField {
  const types = peerTypes.get(type);
  if (types === undefined) throw new Error(`column ${name}: the peers are not set up for ${type}`);
  return { name, ...types };
}

function jsonValue(value: Value): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`JSON.parse would not read ${value} back as it is`);
  return number;
}

function vitessRow(row: readonly Value[]): string {
  const texts = row.map((value) => Buffer.from(String(value)));
  const lengths = texts.map(({ length }) => String(length));
  return JSON.stringify({ lengths, values: Buffer.concat(texts).toString("base64") });
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Uint8Array.from(Buffer.concat(chunks));
}
