import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { cellId, parseCellId } from "../cell-id.ts";
import { columnWidths } from "../column-width.ts";
import type { EngineResult } from "../engine-port.ts";
import { type GridCursor, moveCursor } from "../grid-cursor.ts";
import { maxGridRows, rowHeight, scrollTopFor, visibleRows } from "../visible-rows.ts";
import { GridHead } from "./grid-head.tsx";
import { GridRow } from "./grid-row.tsx";

/**
 * The rows of a result. Only those in sight are in the document, so that a hundred thousand rows scroll like ten. The
 * grid is one stop of the Tab key; within it the arrow keys move from cell to cell.
 */
export function ResultGrid({ result }: { readonly result: EngineResult }) {
  const { fields, rows } = result;
  const rowCount = Math.min(rows.length, maxGridRows);
  const table = useRef<HTMLTableElement>(null);
  const scrollTop = useSignal(0);
  const height = useHeight(table);
  const cursor = useSignal<GridCursor>({ row: 1, column: 0 });
  const columns = useMemo(() => gridColumns(result, rowCount), [result, rowCount]);
  useCellInSight(cursor.value);
  const { first, end } = visibleRows(scrollTop.value, height.value, rowCount);

  const moveTo = (target: GridCursor) => {
    cursor.value = target;
    if (target.row > 0) scrollTop.value = scrollToRow(table.current, target.row - 1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height.value / rowHeight) - 2);
    const target = moveCursor(cursor.value, event, { rows: rowCount + 1, columns: fields.length, page });
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  };

  return (
    <table
      ref={table}
      class="grid"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked through by arrow keys is a grid
      role="grid"
      aria-label="Rows of the result"
      aria-rowcount={rowCount + 1}
      aria-colcount={fields.length}
      aria-activedescendant={cellId(cursor.value)}
      tabIndex={0}
      style={{ "--columns": columns }}
      onScroll={(event) => {
        scrollTop.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const cell = cellUnder(event);
        if (cell !== undefined) moveTo(cell);
      }}
    >
      <GridHead fields={fields} cursor={cursor.value} />
      <tbody class="grid-body" style={{ height: `${rowCount * rowHeight}px` }}>
        {rows.slice(first, end).map((values, offset) => (
          <GridRow key={first + offset} index={first + offset} values={values} fields={fields} cursor={cursor.value} />
        ))}
      </tbody>
    </table>
  );
}

/** The columns as CSS lays them out: the row number, each field by its characters, and what is left. */
function gridColumns({ fields, rows }: EngineResult, rowCount: number): string {
  const widths = [String(rowCount).length, ...columnWidths(fields, rows)];
  return `${widths.map((width) => `calc(${width}ch + var(--cell-space))`).join(" ")} minmax(0, 1fr)`;
}

/** Scrolls the grid so that a row of the result is in sight, and returns how far it is scrolled then. */
function scrollToRow(table: HTMLTableElement | null, row: number): number {
  if (table === null) return 0;
  table.scrollTop = scrollTopFor(row, table.scrollTop, table.clientHeight);
  return table.scrollTop;
}

function cellUnder(event: MouseEvent): GridCursor | undefined {
  const cell = event.target instanceof Element ? event.target.closest("td, th") : null;
  return cell === null ? undefined : parseCellId(cell.id);
}

/** Scrolls sideways to the cursor once its cell is in the document. */
function useCellInSight(cursor: GridCursor): void {
  useEffect(() => {
    document.getElementById(cellId(cursor))?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [cursor]);
}

/** The height of an element in pixels, followed as the page is resized. */
function useHeight(element: RefObject<HTMLElement | null>): Signal<number> {
  const height = useSignal(0);
  useEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const observer = new ResizeObserver(() => {
      height.value = target.clientHeight;
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, height]);
  return height;
}
