import type { Value } from "./column.ts";
import type { FixedWidth } from "./fixed-width.ts";

/** Where the cells of a column come from while rows are made. */
export interface Cells {
  readonly type: string;
  /** Where they lie as float64 or, of a LONG, as int64. Undefined where they are values already. */
  readonly at: FixedWidth | undefined;
  /** The values of the rows that are made next, the first of them at place 0, where `at` is undefined. */
  readonly values: Value[];
  /** The row of the batch that is made next. */
  from: number;
}

type Eight = readonly [a: Cells, b: Cells, c: Cells, d: Cells, e: Cells, f: Cells, g: Cells, h: Cells];
type RowMaker<Columns = Eight> = (rows: Value[][], at: number, count: number, columns: Columns) => void;

/** Puts `count` rows into `rows` from place `at` on, made of the next cells of each column. */
export function makeRows(rows: Value[][], at: number, count: number, columns: readonly Cells[]): void {
  // A maker takes no more columns than it is for.
  (makers[columns.length - 1] ?? makeWideRows)(rows, at, count, columns as Eight);
}

function cell({ type, at, values, from }: Cells, index: number): Value {
  // Every column has as many cells.
  if (at === undefined) return values[index] as Value;
  const row = from + index;
  if (at.nulls?.[row] === 1) return null;
  const position = at.start + row * 8;
  return type === "LONG" ? at.view.getBigInt64(position) : at.view.getFloat64(position);
}

const makeWideRows: RowMaker<readonly Cells[]> = (rows, at, count, columns) => {
  for (let i = 0; i < count; i++) rows[at + i] = columns.map((column) => cell(column, i));
};

// Rows cost what it takes to allocate them and to move them about while garbage is collected. An array that is a literal in a loop of its own is
// put where it would end up, once V8 has seen that all from there live on, and with it what is made in that loop only to stand in it: that is
// why numbers that take memory of their own are read here and in no loop of their column's.
const makers: readonly (RowMaker | undefined)[] = [
  (rows, at, count, [a]) => {
    for (let i = 0; i < count; i++) rows[at + i] = [cell(a, i)];
  },
  (rows, at, count, [a, b]) => {
    for (let i = 0; i < count; i++) rows[at + i] = [cell(a, i), cell(b, i)];
  },
  (rows, at, count, [a, b, c]) => {
    for (let i = 0; i < count; i++) rows[at + i] = [cell(a, i), cell(b, i), cell(c, i)];
  },
  (rows, at, count, [a, b, c, d]) => {
    for (let i = 0; i < count; i++) rows[at + i] = [cell(a, i), cell(b, i), cell(c, i), cell(d, i)];
  },
  (rows, at, count, [a, b, c, d, e]) => {
    for (let i = 0; i < count; i++) rows[at + i] = [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i)];
  },
  (rows, at, count, [a, b, c, d, e, f]) => {
    for (let i = 0; i < count; i++)
      rows[at + i] = [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i)];
  },
  (rows, at, count, [a, b, c, d, e, f, g]) => {
    for (let i = 0; i < count; i++)
      rows[at + i] = [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i), cell(g, i)];
  },
  (rows, at, count, [a, b, c, d, e, f, g, h]) => {
    for (let i = 0; i < count; i++)
      rows[at + i] = [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i), cell(g, i), cell(h, i)];
  },
];
