import { invalidParameter } from "../invalid-parameter.ts";
import type { ColumnOf, Value } from "./column.ts";
import type { ReadableType } from "./vector-type.ts";

/** Lets a batch gather its rows column by column. */
export interface RowFiller {
  /** Puts the values of the rows from `from` up to but not `to` at the beginning of `values`. */
  fillValues(values: Value[], from: number, to: number): void;
}

/** What every kind of column shares: the bounds of rows, and the nulls. */
export abstract class StoredColumn<Type extends ReadableType, Item extends Value, Items>
  implements ColumnOf<Type, Item, Items>, RowFiller
{
  readonly type: Type;
  readonly rowCount: number;
  /** A byte for each row, 1 where it is null; undefined where no row is. */
  readonly nulls: Uint8Array | undefined;

  constructor(type: Type, rowCount: number, nulls: Uint8Array | undefined) {
    this.type = type;
    this.rowCount = rowCount;
    this.nulls = nulls;
  }

  isNull(row: number): boolean {
    assertRow(row, this.rowCount);
    return this.nulls?.[row] === 1;
  }

  get(row: number): Item | null {
    return this.isNull(row) ? null : this.valueAt(row);
  }

  fillValues(values: Value[], from: number, to: number): void {
    const { nulls } = this;
    for (let row = from; row < to; row++) values[row - from] = nulls?.[row] === 1 ? null : this.valueAt(row);
  }

  abstract toArray(): Items;

  /** As `toArray()` of a column with `count` rows, all of them as row 0 of this one. */
  abstract repeat(count: number): Items;

  /** The first row's value as an array of so many; where there are none, nothing is read. */
  protected repeatValue(count: number): (Item | null)[] {
    return new Array<Item | null>(count).fill(count === 0 ? null : this.get(0));
  }

  /** The value of a row that is there and not null. */
  protected abstract valueAt(row: number): Item;
}

/** Checks that a batch of `rowCount` rows has this one. */
export function assertRow(row: number, rowCount: number): void {
  if (!(Number.isInteger(row) && row >= 0 && row < rowCount)) {
    throw invalidParameter(`There is no row ${row} in a batch of ${rowCount}.`, "Rows count from 0 within each batch.");
  }
}
