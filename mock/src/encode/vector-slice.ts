/**
 * A run of rows of one column, as DuckDB lays its vectors out: values one after the other, little-endian, and a bit per
 * row which says whether it has a value. Nothing is copied: whoever made the slice keeps its memory alive.
 */
export interface VectorSlice {
  /** The vector's values from its first row on (not from `from`). */
  readonly data: DataView<ArrayBuffer>;
  /** Bit `row` is 1 where the row has a value. Without it every row has one. */
  readonly validity: Uint8Array | undefined;
  /** The first row of the run. */
  readonly from: number;
  /** How many rows the run has. */
  readonly count: number;
}

/** Whether a row of the vector (counted from the vector's first) has a value. */
export function hasValue(validity: Uint8Array | undefined, row: number): boolean {
  return validity === undefined || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}
