/** The cell that the keyboard is on. Row 0 is the head, row 1 the first row of the result. */
export interface GridCursor {
  readonly row: number;
  readonly column: number;
}

/** How far the cursor may go. */
export interface GridSize {
  /** Rows of the grid, its head included. */
  readonly rows: number;
  readonly columns: number;
  /** Rows that PageUp and PageDown move by. */
  readonly page: number;
}

/** A key as a keyboard event tells it. */
export interface GridKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * Where a key takes the cursor; `undefined` for a key that the grid leaves to the browser. The keys are those of the
 * ARIA grid pattern: https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function moveCursor(cursor: GridCursor, key: GridKey, size: GridSize): GridCursor | undefined {
  const target = keyTarget(cursor, key, size);
  return target && { row: within(target.row, size.rows), column: within(target.column, size.columns) };
}

function keyTarget({ row, column }: GridCursor, { key, ctrlKey, metaKey }: GridKey, size: GridSize) {
  const toEdge = ctrlKey || metaKey;
  switch (key) {
    case "ArrowUp":
      return { row: toEdge ? 0 : row - 1, column };
    case "ArrowDown":
      return { row: toEdge ? size.rows : row + 1, column };
    case "ArrowLeft":
      return { row, column: toEdge ? 0 : column - 1 };
    case "ArrowRight":
      return { row, column: toEdge ? size.columns : column + 1 };
    case "PageUp":
      return { row: row - size.page, column };
    case "PageDown":
      return { row: row + size.page, column };
    case "Home":
      return { row: toEdge ? 0 : row, column: 0 };
    case "End":
      return { row: toEdge ? size.rows : row, column: size.columns };
    default:
      return undefined;
  }
}

function within(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}
