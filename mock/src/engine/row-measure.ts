import { textSize } from "../encode/text.ts";
import type { VectorSlice } from "../encode/vector-slice.ts";
import type { FieldType } from "./field-type.ts";

/** How many of the next rows fit into so many bytes, and what they take, about as the wire form does. */
export type RowMeasure = (
  slices: readonly VectorSlice[],
  from: number,
  maxRows: number,
  maxBytes: number,
) => { readonly rows: number; readonly bytes: number };

/** A measure of rows of these columns: only columns of text are looked at, the others take the same in every row. */
export function rowMeasure(columns: readonly FieldType[]): RowMeasure {
  const fixedBytes = columns.reduce((sum, column) => sum + 1 + (column.isText ? 0 : wireBytes(column)), 0);
  const texts = columns.flatMap(({ isText }, i) => (isText ? [i] : []));
  return (slices, from, maxRows, maxBytes) => {
    const textSlices = slices.filter((_, i) => texts.includes(i));
    let bytes = 0;
    for (let rows = 0; rows < maxRows; rows++) {
      let size = fixedBytes;
      for (const slice of textSlices) {
        size += textSize(slice, from + rows);
      }
      if (bytes + size > maxBytes) {
        return { rows, bytes };
      }
      bytes += size;
    }
    return { rows: maxRows, bytes };
  };
}

/** Decimals and zones travel with a length; a float as a double. */
function wireBytes({ type, width }: FieldType): number {
  switch (type) {
    case "DECIMAL128":
      return width + 4;
    case "TIMESTAMP_TZ":
      return width + 5;
    case "FLOAT":
      return 8;
    default:
      return width;
  }
}
