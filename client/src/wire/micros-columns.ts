import { CalendarDate } from "./calendar-date.ts";
import type { Value } from "./column.ts";
import type { FixedWidth } from "./fixed-width.ts";
import { Int64Column } from "./int64-column.ts";
import { Interval } from "./interval.ts";
import type { TextColumn } from "./text-columns.ts";
import { Timestamp } from "./timestamp.ts";

/** The types of a moment. */
export type TimestampType = "DATETIME" | "TIMESTAMP" | "TIMESTAMP_TZ";

/** DATE: microseconds since the epoch, as all below. */
export class DateColumn extends Int64Column<"DATE", CalendarDate> {
  constructor(at: FixedWidth) {
    super("DATE", at);
  }

  protected valueAt(row: number): CalendarDate {
    return new CalendarDate(this.int64At(row));
  }
}

/** INTERVAL_DAY_SECOND. */
export class IntervalColumn extends Int64Column<"INTERVAL_DAY_SECOND", Interval> {
  constructor(at: FixedWidth) {
    super("INTERVAL_DAY_SECOND", at);
  }

  protected valueAt(row: number): Interval {
    return new Interval(this.int64At(row));
  }
}

/** DATETIME, TIMESTAMP and TIMESTAMP_TZ, which may have a zone for each row. */
export class TimestampColumn extends Int64Column<TimestampType, Timestamp> {
  readonly zones: TextColumn | undefined;

  constructor(type: TimestampType, at: FixedWidth, zones: TextColumn | undefined) {
    super(type, at);
    this.zones = zones;
  }

  override fillValues(values: Value[], from: number, to: number): void {
    // Decodes the zones together: `get()` finds them made.
    this.zones?.toArray();
    super.fillValues(values, from, to);
  }

  protected valueAt(row: number): Timestamp {
    return new Timestamp(this.int64At(row), this.zones?.get(row) ?? null);
  }
}
