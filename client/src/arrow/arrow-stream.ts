import { type Table, tableToIPC } from "@uwdata/flechette";
import { type Batches, createBatchStream } from "../result/batch-stream.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import type { ArrowColumn } from "./arrow-column.ts";
import { arrowForms } from "./arrow-form.ts";
import { type ArrowOptions, settleColumns } from "./arrow-schema.ts";
import { arrowTable } from "./arrow-table.ts";
import { nullsMessage } from "./nulls-message.ts";

/** The media type of what {@link toArrowStream} writes, for a `content-type` header. */
export const arrowContentType = "application/vnd.apache.arrow.stream";

/** What a stream is made of: a `QueryStream`, a `QueryResult`, or fields with their batches. */
export interface ArrowStreamSource {
  /** The columns, in their order. */
  readonly fields: readonly ResultField[];
  /** The batches, in their order, or what hands them out. */
  readonly batches: Batches | (() => Batches);
}

/** What ends a stream: the mark of a message, and a message of no length. */
const endOfStream = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/**
 * A result in Arrow's IPC stream format: the schema, then a record batch for each batch as it comes. Types are those of `toArrowTable()`.
 *
 * The schema is written with the first batch, and later batches must fit it: a column without a value there has the type that the metadata says,
 * and a decimal the scale of `decimalScales`.
 *
 * The stream asks for a batch only when its reader wants bytes; `cancel()` ends the iterator of the batches, and so does one that cannot be written.
 * Errors of the batches reach the reader.
 *
 * @example
 * ```ts
 * import { arrowContentType, toArrowStream } from "e6data-web/arrow";
 *
 * const stream = await connection.stream("select * from lineitem");
 * const response = new Response(toArrowStream(stream), { headers: { "content-type": arrowContentType } });
 * ```
 *
 * @throws E6Error as `toArrowTable()` does, to the reader.
 */
export function toArrowStream(source: ArrowStreamSource, options: ArrowOptions = {}): ReadableStream<Uint8Array> {
  const { fields, batches } = source;
  let columns: ArrowColumn[] | undefined;
  let start = 0;
  return createBatchStream(typeof batches === "function" ? batches() : batches, [], function* (batch?: ResultBatch) {
    if (batch?.rowCount === 0) return;
    if (columns === undefined) {
      columns = settleColumns(fields, batch ? [batch] : [], options);
      yield messages(arrowTable(columns, []));
    }
    if (batch === undefined) {
      yield endOfStream.slice();
    } else {
      yield batchMessage(columns, batch, start);
      start += batch.rowCount;
    }
  });
}

function batchMessage(columns: readonly ArrowColumn[], batch: ResultBatch, start: number): Uint8Array {
  if (columns.every(({ form }) => form === arrowForms.NULL)) return nullsMessage(columns.length, batch.rowCount);
  const bytes = messages(arrowTable(columns, [batch], start));
  return bytes.subarray(messageLength(bytes));
}

/** A table's messages, the schema first, without the end of the stream. */
function messages(table: Table): Uint8Array {
  // Without a sink of the caller's the bytes are what it returns.
  const bytes = tableToIPC(table, { format: "stream" }) as Uint8Array;
  return bytes.subarray(0, bytes.length - endOfStream.length);
}

/** The length of a message without a body, as the schema is: the mark, an int32, and as many bytes as that says. */
function messageLength(bytes: Uint8Array): number {
  return 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
}
