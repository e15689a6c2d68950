/** Rows that the grid offers at most: browsers lay out about 17 million pixels of height, and nobody scrolls further. */
export const maxGridRows = 400_000;

/** Height of a row in pixels, head included; the style sheet's `--row-height` says the same. */
export const rowHeight = 30;

/** Rows drawn above and below the visible ones, so that scrolling does not flash. */
const overscan = 12;

/** The rows to draw: from `first` up to and without `end`. */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
}

/** Which of `rowCount` rows a view shows that is scrolled down by `scrollTop` and `viewHeight` high, in pixels. */
export function visibleRows(scrollTop: number, viewHeight: number, rowCount: number): RowWindow {
  const first = Math.floor(scrollTop / rowHeight) - overscan;
  const end = Math.ceil((scrollTop + viewHeight) / rowHeight) + overscan;
  return { first: clamp(first, rowCount), end: clamp(end, rowCount) };
}

function clamp(row: number, rowCount: number): number {
  return Math.min(rowCount, Math.max(0, row));
}
