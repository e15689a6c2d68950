import { CalendarDate } from "./calendar-date.ts";
import type { Value } from "./column.ts";
import { Interval } from "./interval.ts";
import { type FixedWidth, readInt64s } from "./number-columns.ts";
import { StoredColumn } from "./stored-column.ts";
import type { TextColumn } from "./text-columns.ts";
import { Timestamp } from "./timestamp.ts";

/** The types of a moment. */
export type TimestampType = "DATETIME" | "TIMESTAMP" | "TIMESTAMP_TZ";

/** Columns of microseconds: eight bytes each. */
abstract class MicrosColumn<
  Type extends "DATE" | "INTERVAL_DAY_SECOND" | TimestampType,
  Item extends Value,
> extends StoredColumn<Type, Item, BigInt64Array> {
  readonly #at: FixedWidth;
  #items: BigInt64Array | undefined;

  constructor(type: Type, at: FixedWidth) {
    super(type, at.rowCount, at.nulls);
    this.#at = at;
  }

  toArray(): BigInt64Array {
    this.#items ??= readInt64s(this.#at);
    return this.#items;
  }

  repeat(count: number): BigInt64Array {
    return new BigInt64Array(count).fill(this.toArray()[0] ?? 0n);
  }

  protected microsAt(row: number): bigint {
    return this.#at.view.getBigInt64(this.#at.start + row * 8);
  }
}

/** DATE. */
export class DateColumn extends MicrosColumn<"DATE", CalendarDate> {
  constructor(at: FixedWidth) {
    super("DATE", at);
  }

  protected valueAt(row: number): CalendarDate {
    return new CalendarDate(this.microsAt(row));
  }
}

/** INTERVAL_DAY_SECOND. */
export class IntervalColumn extends MicrosColumn<"INTERVAL_DAY_SECOND", Interval> {
  constructor(at: FixedWidth) {
    super("INTERVAL_DAY_SECOND", at);
  }

  protected valueAt(row: number): Interval {
    return new Interval(this.microsAt(row));
  }
}

/** DATETIME, TIMESTAMP and TIMESTAMP_TZ, which may have a zone for each row. */
export class TimestampColumn extends MicrosColumn<TimestampType, Timestamp> {
  readonly #zones: TextColumn | undefined;

  constructor(type: TimestampType, at: FixedWidth, zones: TextColumn | undefined) {
    super(type, at);
    this.#zones = zones;
  }

  override fillRows(rows: readonly Value[][], index: number, from: number, to: number): void {
    // Decodes the zones together: `get()` finds them made.
    this.#zones?.toArray();
    super.fillRows(rows, index, from, to);
  }

  protected valueAt(row: number): Timestamp {
    return new Timestamp(this.microsAt(row), this.#zones?.get(row) ?? null);
  }
}
