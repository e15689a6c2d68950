import { civilTime } from "./civil-time.ts";
import { markValues } from "./value-class.ts";

/** A date without a time. */
export class CalendarDate {
  static {
    markValues(CalendarDate.prototype, "CalendarDate");
  }

  /** Microseconds from 1970-01-01T00:00Z to the date's beginning, as the engine sends them. */
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  /** ISO-8601: `2024-02-29`; years outside 0000-9999 have a sign: `+10000-01-01`, `-0001-12-31`. */
  toString(): string {
    return civilTime(this.micros).date;
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }
}
