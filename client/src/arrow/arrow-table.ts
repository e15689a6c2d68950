import { Column, type ExtractionOptions, Table } from "@uwdata/flechette";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { type ArrowColumn, arrowBatch } from "./arrow-column.ts";
import { type ArrowOptions, arrowSchema, settleColumns } from "./arrow-schema.ts";

/** What a table is made of: a `QueryResult`, or fields with their batches. */
export interface ArrowTableSource {
  /** The columns, in their order. */
  readonly fields: readonly ResultField[];
  /** The batches, in their order. */
  readonly batches: Iterable<ResultBatch>;
}

/** How a result becomes a table. */
export interface ArrowTableOptions extends ArrowOptions {
  /**
   * How the table's `get()`, `at()` and `toArray()` make JavaScript values; the columns stay as they are. Where left out, exact: bigint for 64 bits
   * (`useBigInt`), for microseconds of timestamps (`useBigIntTimestamp`) and for the unscaled integers of decimals (`useDecimalInt`). For
   * charts, `{ useDate: true, useBigIntTimestamp: false }` reads dates and timestamps as `Date`.
   */
  readonly extraction?: ExtractionOptions | undefined;
}

/** Nothing is rounded unasked. */
const exact: ExtractionOptions = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true };

/**
 * A result as an Arrow table of flechette, with a record batch for each batch.
 *
 * Numbers, timestamps and intervals are not copied: the table's arrays are those of the batches' columns, so do not write to them. Texts are
 * gathered as UTF-8, without a JavaScript string for any.
 *
 * | type | in Arrow |
 * | --- | --- |
 * | BOOLEAN | bool |
 * | INTEGER (also for SHORT and BYTE) | int32 |
 * | LONG | int64 |
 * | FLOAT, DOUBLE | float32, float64 |
 * | DECIMAL128 | decimal128(38, scale): see `decimalScales` |
 * | DATE | date32 (days) |
 * | DATETIME, TIMESTAMP | timestamp in microseconds, without a zone |
 * | TIMESTAMP_TZ | timestamp in microseconds, zone UTC: the same moments; the rows' own zones by `zoneColumns` |
 * | INTERVAL_DAY_SECOND | duration in microseconds |
 * | STRING; ARRAY, MAP, STRUCT, which come as text | utf8 |
 * | BINARY | binary |
 * | NULL | null |
 *
 * Names are unique as in row objects. Each field's metadata has the engine's name of the type, as `e6data.type`.
 *
 * @example
 * ```ts
 * import { toArrowTable } from "e6data-web/arrow";
 *
 * const table = toArrowTable(await connection.query("select * from orders"));
 * table.getChild("o_totalprice")?.toArray();
 * ```
 *
 * @throws E6Error `UNSUPPORTED` where a column has two types or a decimal more digits than decimal128, `MALFORMED_RESULT` where a text is not
 *   UTF-8 or no decimal, `RESOURCE_EXHAUSTED` where a constant text would fill more than 2 GiB, `INVALID_OPTION` for options that do not fit.
 */
export function toArrowTable(source: ArrowTableSource, options: ArrowTableOptions = {}): Table {
  const batches = [...source.batches].filter((batch) => batch.rowCount > 0);
  const columns = settleColumns(source.fields, batches, options);
  return arrowTable(columns, batches, 0, { ...exact, ...options.extraction });
}

/**
 * A table of these batches.
 *
 * @param start The place of the first row in the result, for errors.
 */
export function arrowTable(
  columns: readonly ArrowColumn[],
  batches: readonly ResultBatch[],
  start = 0,
  extraction: ExtractionOptions = {},
): Table {
  const children = columns.map((column) => {
    let from = start;
    const parts = batches.map((batch) => {
      const part = arrowBatch(column, batch, from, extraction);
      from += batch.rowCount;
      return part;
    });
    return new Column(parts, column.field.type);
  });
  return new Table(arrowSchema(columns), children, extraction.useProxy);
}
