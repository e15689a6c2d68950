import type { Value } from "./column.ts";
import type { FixedWidth } from "./fixed-width.ts";

/** Where the cells of a column come from while rows are made. */
export interface Cells {
  /** Where they lie as float64 or, of a LONG, as int64. Undefined where they are values already. */
  readonly at: FixedWidth | undefined;
  readonly isLong: boolean;
  /** The values of the rows that are made next, the first of them at place 0, where `at` is undefined. */
  readonly values: Value[];
  /** The row of the batch that is made next. */
  from: number;
}

type Eight<T> = readonly [a: T, b: T, c: T, d: T, e: T, f: T, g: T, h: T];
type RowMaker = (index: number, ...columns: Eight<Cells>) => Value[];

/** Puts `count` rows at `place` of `rows`, made of the next cells of each column. */
export function makeRows(rows: Value[][], place: number, count: number, columns: readonly Cells[]): void {
  const make = makers[columns.length];
  // A maker takes no more columns than it is for.
  const [a, b, c, d, e, f, g, h] = columns as Eight<Cells>;
  for (let i = 0; i < count; i++) {
    rows[place + i] = make ? make(i, a, b, c, d, e, f, g, h) : columns.map((column) => cell(column, i));
  }
}

function cell({ at, isLong, values, from }: Cells, index: number): Value {
  // Every column has as many cells.
  if (at === undefined) return values[index] as Value;
  const row = from + index;
  if (at.nulls?.[row] === 1) return null;
  const position = at.start + row * 8;
  return isLong ? at.view.getBigInt64(position) : at.view.getFloat64(position);
}

// Rows cost what it takes to allocate them and to move them about while garbage is collected. An array that is a literal is put where it would
// end up, once V8 has seen that all from there live on, and with it what is made in the same function only to stand in it: that is why numbers
// that take memory of their own are read here and in no loop of their column's.
const makers: readonly (RowMaker | undefined)[] = [
  undefined,
  (i, a) => [cell(a, i)],
  (i, a, b) => [cell(a, i), cell(b, i)],
  (i, a, b, c) => [cell(a, i), cell(b, i), cell(c, i)],
  (i, a, b, c, d) => [cell(a, i), cell(b, i), cell(c, i), cell(d, i)],
  (i, a, b, c, d, e) => [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i)],
  (i, a, b, c, d, e, f) => [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i)],
  (i, a, b, c, d, e, f, g) => [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i), cell(g, i)],
  // biome-ignore format: one row a line
  (i, a, b, c, d, e, f, g, h) => [cell(a, i), cell(b, i), cell(c, i), cell(d, i), cell(e, i), cell(f, i), cell(g, i), cell(h, i)],
];
