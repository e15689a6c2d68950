import type { Value } from "./column.ts";
import type { FixedWidth } from "./fixed-width.ts";
import { StoredColumn } from "./stored-column.ts";
import type { ReadableType } from "./vector-type.ts";

/** A column of int64, whatever its numbers stand for: eight bytes each. */
export abstract class Int64Column<Type extends ReadableType, Item extends Value> extends StoredColumn<
  Type,
  Item,
  BigInt64Array
> {
  readonly at: FixedWidth;
  #items: BigInt64Array | undefined;

  constructor(type: Type, at: FixedWidth) {
    super(type, at.rowCount, at.nulls);
    this.at = at;
  }

  toArray(): BigInt64Array {
    this.#items ??= readInt64s(this.at);
    return this.#items;
  }

  repeat(count: number): BigInt64Array {
    return new BigInt64Array(count).fill(this.toArray()[0] ?? 0n);
  }

  protected int64At(row: number): bigint {
    return this.at.view.getBigInt64(this.at.start + row * 8);
  }
}

/** Reads a column of int64 into an array, 0 where null. */
function readInt64s(at: FixedWidth): BigInt64Array {
  const { view, start, rowCount, nulls } = at;
  const items = new BigInt64Array(rowCount);
  for (let row = 0; row < rowCount; row++) items[row] = view.getBigInt64(start + row * 8);
  if (nulls !== undefined) {
    for (let row = 0; row < rowCount; row++) if (nulls[row] === 1) items[row] = 0n;
  }
  return items;
}
