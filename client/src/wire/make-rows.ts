import type { Value } from "./column.ts";

/** The values of some rows, column by column. */
export type RowValues = readonly (readonly Value[])[];

type RowMaker = (rows: Value[][], from: number, count: number, columns: RowValues) => void;

/** Puts `count` rows at place `from` of `rows`, made of the first values of each column. */
export function makeRows(rows: Value[][], from: number, count: number, columns: RowValues): void {
  (makers[columns.length] ?? makeWideRows)(rows, from, count, columns);
}

const makeWideRows: RowMaker = (rows, from, count, columns) => {
  for (let i = 0; i < count; i++) {
    const row = new Array<Value>(columns.length);
    for (let index = 0; index < row.length; index++) row[index] = columns[index]?.[i] ?? null;
    rows[from + i] = row;
  }
};

// Rows cost what it takes to allocate them and to move them about while garbage is collected. V8 does either faster, by a third in all, for an
// array that stands as a literal in a loop of its own. Every column has as many values.
const none: readonly Value[] = [];
const makers: readonly (RowMaker | undefined)[] = [
  undefined,
  (rows, from, count, [a = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none, d = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i], d[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none, d = none, e = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i], d[i], e[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none, d = none, e = none, f = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i], d[i], e[i], f[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none, d = none, e = none, f = none, g = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i], d[i], e[i], f[i], g[i]] as Value[];
  },
  (rows, from, count, [a = none, b = none, c = none, d = none, e = none, f = none, g = none, h = none]) => {
    for (let i = 0; i < count; i++) rows[from + i] = [a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]] as Value[];
  },
];
