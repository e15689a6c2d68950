import type { ColumnOf, Value } from "./column.ts";
import { assertRow, type RowFiller } from "./stored-column.ts";

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

  fillValues(values: Value[], from: number, to: number): void {
    values.fill(null, 0, to - from);
  }
}
