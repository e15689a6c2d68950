import { CalendarDate } from "../wire/calendar-date.ts";
import { Interval } from "../wire/interval.ts";
import { Timestamp } from "../wire/timestamp.ts";
import { refused } from "./refused.ts";

/** A date without a time, as `Temporal.PlainDate` is one. */
export interface PlainDateLike {
  readonly [Symbol.toStringTag]: "Temporal.PlainDate";
  toString(options?: { calendarName: "never" }): string;
}

/** A date and time without a zone, as `Temporal.PlainDateTime` is one. */
export interface PlainDateTimeLike {
  readonly [Symbol.toStringTag]: "Temporal.PlainDateTime";
  toString(options?: { calendarName: "never" }): string;
}

/** A moment, as `Temporal.Instant` is one. */
export interface InstantLike {
  readonly [Symbol.toStringTag]: "Temporal.Instant";
  readonly epochNanoseconds: bigint;
}

/** A moment in a zone, as `Temporal.ZonedDateTime` is one. */
export interface ZonedDateTimeLike {
  readonly [Symbol.toStringTag]: "Temporal.ZonedDateTime";
  readonly epochNanoseconds: bigint;
  readonly offset: string;
}

/** A length of time, as `Temporal.Duration` is one. */
export interface DurationLike {
  readonly [Symbol.toStringTag]: "Temporal.Duration";
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
  readonly microseconds: number;
  readonly nanoseconds: number;
}

/** The values of `Temporal` that have a type in the engine, by their shape: this runtime's own ones or those of a stand-in. */
export type TemporalValue = PlainDateLike | PlainDateTimeLike | InstantLike | ZonedDateTimeLike | DurationLike;

const tags: ReadonlySet<unknown> = new Set<TemporalValue[typeof Symbol.toStringTag]>([
  "Temporal.PlainDate",
  "Temporal.PlainDateTime",
  "Temporal.Instant",
  "Temporal.ZonedDateTime",
  "Temporal.Duration",
]);

/** Tells whether a value is one of {@link TemporalValue}, by its tag. */
export function isTemporal(value: object): value is TemporalValue {
  return Symbol.toStringTag in value && tags.has(value[Symbol.toStringTag]);
}

/**
 * A Temporal value as a value of ours. A zone becomes its offset at that moment.
 *
 * @param name what an error calls the value
 * @throws E6Error `INVALID_PARAMETER` for parts of a microsecond, and for a duration with months or years, whose length is not fixed
 */
export function temporalValue(value: TemporalValue, name: string): CalendarDate | Timestamp | Interval {
  if ("years" in value) return new Interval(micros(durationNanos(value, name), name));
  if ("epochNanoseconds" in value) {
    return new Timestamp(micros(value.epochNanoseconds, name), "offset" in value ? value.offset : null);
  }
  const iso = value.toString({ calendarName: "never" });
  return value[Symbol.toStringTag] === "Temporal.PlainDate"
    ? new CalendarDate(micros(isoNanos(`${iso}T00:00:00`, name), name))
    : new Timestamp(micros(isoNanos(iso, name), name));
}

/** Nanoseconds since 1970-01-01T00:00 on the calendar's own clock. */
function isoNanos(iso: string, name: string): bigint {
  const [seconds = "", fraction = ""] = iso.split(".");
  const millis = Date.parse(`${seconds}Z`);
  if (Number.isNaN(millis)) throw refused(name, "lies beyond the range of dates");
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function durationNanos(duration: DurationLike, name: string): bigint {
  if (duration.years !== 0 || duration.months !== 0) throw refused(name, "has months, which have no fixed length");
  const units: readonly (readonly [number, bigint])[] = [
    [duration.weeks, 604_800_000_000_000n],
    [duration.days, 86_400_000_000_000n],
    [duration.hours, 3_600_000_000_000n],
    [duration.minutes, 60_000_000_000n],
    [duration.seconds, 1_000_000_000n],
    [duration.milliseconds, 1_000_000n],
    [duration.microseconds, 1000n],
    [duration.nanoseconds, 1n],
  ];
  return units.reduce((sum, [count, nanos]) => sum + BigInt(count) * nanos, 0n);
}

function micros(nanos: bigint, name: string): bigint {
  if (nanos % 1000n !== 0n) throw refused(name, "has parts of a microsecond: round it first");
  return nanos / 1000n;
}
