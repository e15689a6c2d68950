import type { Value } from "../wire/column.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { type ColumnReading, cellReader } from "./column-reading.ts";
import type { Dialect, DialectValues } from "./dialect.ts";
import { type AnyReadingOptions, type ReadingOptions, resolveReading } from "./reading-options.ts";
import { uniqueNames } from "./unique-names.ts";

/** Reads a result's batches as rows, in their order. */
export interface RowReader<Item> {
  /** The rows of the next batch, each an array of values in the order of the fields. @throws E6Error `PRECISION_LOSS`, `MALFORMED_RESULT`. */
  rows(batch: ResultBatch): Item[][];
  /** The rows of the next batch, each an object by the columns' {@link uniqueNames}. @throws E6Error as `rows()`. */
  objects(batch: ResultBatch): Record<string, Item>[];
  /**
   * As `rows()`, but makes rows as they are asked for, some at a time, and converts each alone: for rows that nobody keeps. A batch is to
   * be read to its end before the next one.
   */
  iterate(batch: ResultBatch): Iterable<Item[]>;
  /** As `objects()`, but makes each object when it is asked for. */
  iterateObjects(batch: ResultBatch): Iterable<Record<string, Item>>;
}

/**
 * A reader for the batches of one result, from the first on: it counts rows, so that errors can name them.
 *
 * @param defaults What the options leave out. Default: the defaults of {@link ReadingOptions}.
 * @throws E6Error `INVALID_OPTION` for options that do not exist.
 */
export function createRowReader<D extends Dialect = "exact", Made = never>(
  fields: readonly ResultField[],
  options?: ReadingOptions<D, Made>,
  defaults?: AnyReadingOptions,
): RowReader<DialectValues[D] | Made> {
  const reading = resolveReading(options, defaults);
  const names = uniqueNames(fields);
  const columns = fields.map((field, index) => ({ field, name: names[index] ?? "", reading }));
  // The options' types say what the conversions make.
  type Item = DialectValues[D] | Made;
  const toObject = createObjectMaker<Item>(names);
  let rowCount = 0;
  /** The place of the batch's first row in the result. */
  const startOf = (batch: ResultBatch) => {
    rowCount += batch.rowCount;
    return rowCount - batch.rowCount;
  };
  const rows = (batch: ResultBatch) => convertRows(batch, columns, startOf(batch)) as Item[][];
  const iterate = (batch: ResultBatch) => iterateRows(batch, columns, startOf(batch)) as Generator<Item[]>;
  return {
    rows,
    objects: (batch) => rows(batch).map(toObject),
    iterate,
    *iterateObjects(batch) {
      for (const row of iterate(batch)) yield toObject(row);
    },
  };
}

function convertRows(batch: ResultBatch, columns: readonly ColumnReading[], firstRow: number): unknown[][] {
  const rows: unknown[][] = batch.rows();
  columns.forEach((column, index) => {
    const read = cellReader(column, batch.column(index).type);
    if (read === undefined) return;
    for (let row = 0; row < rows.length; row++) {
      const cells = rows[row] as unknown[];
      // Nothing has converted this cell yet.
      const value = cells[index] as Value;
      if (value !== null) cells[index] = read(value, firstRow + row);
    }
  });
  return rows;
}

/** Rows that are made together, of which few are made in vain where a reader leaves. */
const blockRows = 256;

function* iterateRows(
  batch: ResultBatch,
  columns: readonly ColumnReading[],
  firstRow: number,
): Generator<unknown[], void, undefined> {
  const readers = columns.flatMap((column, index) => {
    const read = cellReader(column, batch.column(index).type);
    return read === undefined ? [] : [{ index, read }];
  });
  for (let from = 0; from < batch.rowCount; from += blockRows) {
    const rows: unknown[][] = batch.rows(from, Math.min(from + blockRows, batch.rowCount));
    for (const [place, cells] of rows.entries()) {
      for (const { index, read } of readers) {
        // Nothing has converted this cell yet.
        const value = cells[index] as Value;
        if (value !== null) cells[index] = read(value, firstRow + from + place);
      }
      yield cells;
    }
  }
}

/**
 * Makes objects of one shape, all as copies of a first one.
 *
 * That one comes from JSON: the engine then keeps its properties in fast slots, however many they are, and `__proto__` is a name like others.
 */
function createObjectMaker<Item>(names: readonly string[]): (row: readonly Item[]) => Record<string, Item> {
  const shape: Record<string, Item> = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`);
  return (row) => {
    const object = { ...shape };
    for (let index = 0; index < names.length; index++) object[names[index] as string] = row[index] as Item;
    return object;
  };
}
