import type { Stretch } from "./scroll-to-show.ts";

/** Pixels in a cell beside its characters; the style sheet's `--cell-space` says the same. */
const cellSpace = 24;

/** Columns drawn on each side of the visible ones. */
const overscan = 2;

/** Where the columns of a grid stand, in pixels. */
export interface ColumnLayout {
  /** Width of the row numbers, which stay in sight at the left. */
  readonly rowNumber: number;
  /** Where each column begins, counted from the left of the row numbers; the last entry is where the last one ends. */
  readonly edges: readonly number[];
}

/** The columns to draw: from `first` up to and without `end`. */
export interface ColumnWindow {
  readonly first: number;
  readonly end: number;
}

/** Lays out columns of the given widths in characters. The numbers of the rows have `rowDigits` digits at most. */
export function layoutColumns(widths: readonly number[], rowDigits: number, characterWidth: number): ColumnLayout {
  const pixels = (characters: number) => Math.ceil(characters * characterWidth) + cellSpace;
  const rowNumber = pixels(rowDigits);
  const edges = [rowNumber];
  let edge = rowNumber;
  for (const width of widths) {
    edge += pixels(width);
    edges.push(edge);
  }
  return { rowNumber, edges };
}

/** Where a column stands. */
export function columnStretch({ edges }: ColumnLayout, column: number): Stretch {
  return { start: edges[column] ?? 0, end: edges[column + 1] ?? 0 };
}

/** Which columns a view shows that is scrolled by `scrollLeft` and `viewWidth` wide, in pixels. */
export function visibleColumns({ edges }: ColumnLayout, scrollLeft: number, viewWidth: number): ColumnWindow {
  const count = edges.length - 1;
  const firstVisible = edges.findIndex((edge) => edge > scrollLeft) - 1;
  const afterVisible = edges.findIndex((edge) => edge >= scrollLeft + viewWidth);
  return {
    first: Math.max(0, Math.min(count, firstVisible < 0 ? 0 : firstVisible) - overscan),
    end: Math.min(count, (afterVisible < 0 ? count : afterVisible) + overscan),
  };
}

/**
 * The tracks of a row as CSS's `grid-template-columns` wants them: the row number, one for all columns to the left that
 * are not drawn, the drawn ones, and what is left.
 */
export function gridTracks(layout: ColumnLayout, { first, end }: ColumnWindow): string {
  const { rowNumber, edges } = layout;
  const widths = [rowNumber, (edges[first] ?? rowNumber) - rowNumber];
  for (let column = first; column < end; column++) {
    const { start, end: right } = columnStretch(layout, column);
    widths.push(right - start);
  }
  return `${widths.map((width) => `${width}px`).join(" ")} minmax(0, 1fr)`;
}
