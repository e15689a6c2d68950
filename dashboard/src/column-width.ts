import { cellText } from "./cell-text.ts";

/** Narrowest and widest column, in characters. */
const minCharacters = 6;
const maxCharacters = 44;

/** Rows that are looked at: widths must not change while one scrolls, nor cost a pass over the whole result. */
const sampledRows = 200;

/** What decides how wide a column is. */
export interface ColumnHead {
  readonly name: string;
  readonly type: string;
}

/** The width of each column in characters, wide enough for its head and for the first rows, within bounds. */
export function columnWidths(fields: readonly ColumnHead[], rows: readonly (readonly unknown[])[]): readonly number[] {
  const sample = rows.slice(0, sampledRows);
  return fields.map((field, index) => {
    // The type stands behind the name, in smaller letters.
    const head = field.name.length + 2 + Math.ceil(field.type.length * 0.8);
    const widest = sample.reduce((width, row) => Math.max(width, cellText(row[index]).text.length), head);
    return Math.min(maxCharacters, Math.max(minCharacters, widest));
  });
}
