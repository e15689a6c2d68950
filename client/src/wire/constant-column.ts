import type { ColumnOf, Value } from "./column.ts";
import { assertRow, type RowFiller, type StoredColumn } from "./stored-column.ts";
import type { ReadableType } from "./vector-type.ts";

/** A column whose one value, or null, stands for every row. The rows take no memory before `toArray()`. */
export class ConstantColumn<Type extends ReadableType, Item extends Value, Items>
  implements ColumnOf<Type, Item, Items>, RowFiller
{
  readonly type: Type;
  readonly rowCount: number;
  readonly one: StoredColumn<Type, Item, Items>;
  #items: Items | undefined;

  /** @param one A column with the value as its only row. */
  constructor(one: StoredColumn<Type, Item, Items>, rowCount: number) {
    this.type = one.type;
    this.rowCount = rowCount;
    this.one = one;
  }

  isNull(row: number): boolean {
    assertRow(row, this.rowCount);
    return this.one.isNull(0);
  }

  get(row: number): Item | null {
    assertRow(row, this.rowCount);
    return this.one.get(0);
  }

  toArray(): Items {
    this.#items ??= this.one.repeat(this.rowCount);
    return this.#items;
  }

  fillValues(values: Value[], from: number, to: number): void {
    values.fill(this.one.get(0), 0, to - from);
  }
}
