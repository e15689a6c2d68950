import { cellId } from "../cell-id.ts";
import type { ColumnWindow } from "../column-layout.ts";
import type { ResultField } from "../engine-port.ts";
import { isNumericType } from "../field-type.ts";
import type { GridCursor } from "../grid-cursor.ts";

interface GridHeadProps {
  readonly fields: readonly ResultField[];
  readonly columns: ColumnWindow;
  readonly cursor: GridCursor;
}

/** Names and types of the fields. */
export function GridHead({ fields, columns, cursor }: GridHeadProps) {
  return (
    <thead class="grid-head">
      <tr class="grid-columns" aria-rowindex={1}>
        <td class="row-number" aria-hidden="true" />
        {fields.slice(columns.first, columns.end).map((field, offset) => {
          // Two fields may have one name: only their places tell them apart.
          const column = columns.first + offset;
          return (
            <th
              key={column}
              id={cellId({ row: 0, column })}
              class={headClass(field, cursor.row === 0 && cursor.column === column)}
              scope="col"
              aria-colindex={column + 1}
              title={`${field.name} ${field.type}`}
            >
              <span class="head-name">{field.name}</span> <span class="head-type">{field.type}</span>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function headClass(field: ResultField, current: boolean): string {
  return `cell${isNumericType(field.type) ? " cell-number" : ""}${current ? " cell-current" : ""}`;
}
