import { cellId } from "../cell-id.ts";
import { cellText } from "../cell-text.ts";
import type { ColumnWindow } from "../column-layout.ts";
import type { ResultField } from "../engine-port.ts";
import { isNumericType } from "../field-type.ts";
import type { GridCursor } from "../grid-cursor.ts";
import { rowHeight } from "../visible-rows.ts";

interface GridRowProps {
  /** The row's place in the result, from 0. */
  readonly index: number;
  readonly values: readonly unknown[];
  readonly fields: readonly ResultField[];
  readonly columns: ColumnWindow;
  readonly cursor: GridCursor;
}

/** One row of a result, at its place in the grid. */
export function GridRow({ index, values, fields, columns, cursor }: GridRowProps) {
  // Row 0 of the grid is its head.
  const row = index + 1;
  return (
    <tr class="grid-row grid-columns" aria-rowindex={row + 1} style={{ top: `${index * rowHeight}px` }}>
      <td class="row-number" aria-hidden="true">
        {row}
      </td>
      {fields.slice(columns.first, columns.end).map((field, offset) => {
        const column = columns.first + offset;
        return (
          <GridCell
            key={column}
            cell={{ row, column }}
            value={values[column]}
            numeric={isNumericType(field.type)}
            current={cursor.row === row && cursor.column === column}
          />
        );
      })}
    </tr>
  );
}

interface GridCellProps {
  readonly cell: GridCursor;
  readonly value: unknown;
  readonly numeric: boolean;
  readonly current: boolean;
}

function GridCell({ cell, value, numeric, current }: GridCellProps) {
  const { kind, text } = cellText(value);
  return (
    <td
      id={cellId(cell)}
      class={`cell cell-${kind}${numeric ? " cell-number" : ""}${current ? " cell-current" : ""}`}
      aria-colindex={cell.column + 1}
    >
      {text}
    </td>
  );
}
