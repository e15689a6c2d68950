import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { cellId, parseCellId } from "../cell-id.ts";
import { columnStretch, gridTracks, layoutColumns, visibleColumns } from "../column-layout.ts";
import { columnWidths } from "../column-width.ts";
import type { EngineResult } from "../engine-port.ts";
import { type GridCursor, moveCursor } from "../grid-cursor.ts";
import { useGridViewport } from "../grid-viewport.ts";
import { scrollToShow } from "../scroll-to-show.ts";
import { maxGridRows, rowHeight, visibleRows } from "../visible-rows.ts";
import { GridHead } from "./grid-head.tsx";
import { GridRow } from "./grid-row.tsx";

/**
 * The rows of a result. Only those in sight are in the document, and of them only the columns in sight: a hundred
 * thousand rows scroll like ten. The grid is one stop of the Tab key; within it the arrow keys move from cell to cell.
 */
export function ResultGrid({ result }: { readonly result: EngineResult }) {
  const { fields, rows } = result;
  const rowCount = Math.min(rows.length, maxGridRows);
  const table = useRef<HTMLTableElement>(null);
  const { top, left, height, width, characterWidth } = useGridViewport(table).value;
  const cursor = useSignal<GridCursor>({ row: 1, column: 0 });
  const widths = useMemo(() => columnWidths(fields, rows), [fields, rows]);
  const layout = useMemo(
    () => layoutColumns(widths, String(rowCount).length, characterWidth),
    [widths, rowCount, characterWidth],
  );
  const { first, end } = visibleRows(top, height, rowCount);
  const columns = visibleColumns(layout, left, width);

  const moveTo = (target: GridCursor) => {
    cursor.value = target;
    const view = table.current;
    if (view === null) return;
    // Where the view is now: keys come faster than scroll events.
    const across = { offset: view.scrollLeft, size: width, covered: layout.rowNumber };
    view.scrollLeft = scrollToShow(columnStretch(layout, target.column), across);
    if (target.row === 0) return;
    const down = { offset: view.scrollTop, size: height, covered: rowHeight };
    // The head is as high as a row: row 1 begins where the head ends.
    const row = { start: target.row * rowHeight, end: (target.row + 1) * rowHeight };
    view.scrollTop = scrollToShow(row, down);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
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
      style={{ "--columns": gridTracks(layout, columns), "--row-width": `${layout.edges.at(-1)}px` }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const cell = cellUnder(event);
        if (cell !== undefined) moveTo(cell);
      }}
    >
      <GridHead fields={fields} columns={columns} cursor={cursor.value} />
      <tbody class="grid-body" style={{ height: `${rowCount * rowHeight}px` }}>
        {rows.slice(first, end).map((values, offset) => (
          <GridRow
            key={first + offset}
            index={first + offset}
            values={values}
            fields={fields}
            columns={columns}
            cursor={cursor.value}
          />
        ))}
      </tbody>
    </table>
  );
}

function cellUnder(event: MouseEvent): GridCursor | undefined {
  const cell = event.target instanceof Element ? event.target.closest("td, th") : null;
  return cell === null ? undefined : parseCellId(cell.id);
}
