import type { ColumnOf, Value } from "./column.ts";
import { assertRow, type RowFiller, setCell } from "./stored-column.ts";

/** NULL: a column without a value. */
export class NullColumn implements ColumnOf<"NULL", null, readonly null[]>, RowFiller {
  readonly type = "NULL";
  readonly rowCount: number;

  constructor(rowCount: number) {
    this.rowCount = rowCount;
  }

  isNull(row: number): boolean {
    assertRow(row, this.rowCount);
    return true;
  }

  get(row: number): null {
    assertRow(row, this.rowCount);
    return null;
  }

  toArray(): readonly null[] {
    return new Array<null>(this.rowCount).fill(null);
  }

  fillRows(rows: readonly Value[][], index: number, from: number, to: number): void {
    for (let row = from; row < to; row++) setCell(rows, row, index, null);
  }
}
