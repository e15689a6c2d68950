import type { GridCursor } from "./grid-cursor.ts";

/** The document's id of a cell: by it the grid tells assistive technology where the cursor is. */
export function cellId({ row, column }: GridCursor): string {
  return `cell-${row}-${column}`;
}

/** The cell that {@link cellId} named; `undefined` for any other id. */
export function parseCellId(id: string): GridCursor | undefined {
  const match = /^cell-(\d+)-(\d+)$/.exec(id);
  return match === null ? undefined : { row: Number(match[1]), column: Number(match[2]) };
}
