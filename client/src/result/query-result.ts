import type { Strategy } from "../headers.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import type { Dialect, DialectValues } from "./dialect.ts";
import { joinArrays } from "./join-arrays.ts";
import { type ReadingOptions, resolveReading } from "./reading-options.ts";
import { type ColumnsOf, createResultColumn } from "./result-column.ts";
import { createRowReader } from "./row-reader.ts";
import { uniqueNames } from "./unique-names.ts";

/**
 * The whole result of a query, in memory, to be read in four ways. Each reads anew at each call and takes its own
 * {@link ReadingOptions}; what a call leaves out is as the query's options had it.
 *
 * All of them throw E6Error `PRECISION_LOSS` where the dialect `plain` would lose digits, `MALFORMED_RESULT` where a text is not UTF-8 or no
 * decimal, and `INVALID_OPTION` for options that do not exist; columns do so once their values are read.
 */
export interface QueryResult<DefaultDialect extends Dialect = "exact", DefaultMade = never> {
  /** The columns, in their order. */
  readonly fields: readonly ResultField[];
  /** Number of rows. */
  readonly rowCount: number;
  /** The batches as they came, for their columns and for `toNdjson()`, `toCsv()` and `e6data-web/arrow`. */
  readonly batches: readonly ResultBatch[];
  /** The engine's id of the query. */
  readonly queryId: string;
  /** The stack that answered. */
  readonly strategy: Strategy;
  /** All rows, each an array of values in the order of `fields`. */
  rows<D extends Dialect = DefaultDialect, Made = DefaultMade>(
    options?: ReadingOptions<D, Made>,
  ): (DialectValues[D] | Made)[][];
  /**
   * All rows, each an object of values by the columns' names. The first column of a name keeps it, each further one gets `_2`, `_3`, …; one
   * without a name is called `column` and its place, from 1. A name that another column has is never given.
   */
  objects<D extends Dialect = DefaultDialect, Made = DefaultMade>(
    options?: ReadingOptions<D, Made>,
  ): Record<string, DialectValues[D] | Made>[];
  /** All columns, in the order of `fields`. A column that nobody reads is never decoded. */
  columns<D extends Dialect = DefaultDialect, Made = DefaultMade>(
    options?: ReadingOptions<D, Made>,
  ): ColumnsOf<D, Made>[];
  /** All columns, by their names in row objects. */
  columnRecord<D extends Dialect = DefaultDialect, Made = DefaultMade>(
    options?: ReadingOptions<D, Made>,
  ): Record<string, ColumnsOf<D, Made>>;
}

/** What a result is made of. */
export interface ResultParts<D extends Dialect = "exact", Made = never> {
  readonly fields: readonly ResultField[];
  readonly batches: readonly ResultBatch[];
  readonly queryId: string;
  readonly strategy: Strategy;
  /** What a reading does not say itself. Default: the defaults of {@link ReadingOptions}. */
  readonly options?: ReadingOptions<D, Made>;
}

/** A result over the batches as they came. */
export function createQueryResult<DefaultDialect extends Dialect = "exact", DefaultMade = never>(
  parts: ResultParts<DefaultDialect, DefaultMade>,
): QueryResult<DefaultDialect, DefaultMade> {
  const { fields, batches, queryId, strategy, options: defaults } = parts;
  const columns = <D extends Dialect, Made>(options?: ReadingOptions<D, Made>) => {
    const reading = resolveReading(options, defaults);
    const names = uniqueNames(fields);
    return fields.map((field, index) => {
      const column = createResultColumn({ field, name: names[index] ?? "", reading }, index, batches);
      // The options' types say what the column holds.
      return column as unknown as ColumnsOf<D, Made>;
    });
  };
  const reader = <D extends Dialect, Made>(options?: ReadingOptions<D, Made>) =>
    createRowReader(fields, options, defaults);
  return {
    fields,
    rowCount: batches.reduce((sum, batch) => sum + batch.rowCount, 0),
    batches,
    queryId,
    strategy,
    rows: (options) => joinArrays(batches.map(reader(options).rows)),
    objects: (options) => joinArrays(batches.map(reader(options).objects)),
    columns,
    columnRecord: (options) => Object.fromEntries(columns(options).map((column) => [column.name, column])),
  };
}
