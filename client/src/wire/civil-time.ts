/** Microseconds of a second. */
export const microsPerSecond = 1_000_000n;
/** Microseconds of a day. */
const microsPerDay = 86_400_000_000;

/** A moment on the calendar of a zone, as ISO-8601 writes its parts. */
export interface CivilTime {
  /** `2024-02-29`; years outside 0000-9999 have a sign and at least four digits. */
  readonly date: string;
  /** `23:59:59.25`; the fraction without trailing zeros. */
  readonly time: string;
}

/** Splits microseconds since 1970-01-01T00:00 into the text of their date and time, on the proleptic Gregorian calendar. */
export function civilTime(micros: bigint): CivilTime {
  const number = Number(micros);
  if (!Number.isSafeInteger(number)) return farCivilTime(micros);
  // Exact: the quotient is far from the next whole number but where it is one, and the product is below 2^53.
  const days = Math.floor(number / microsPerDay);
  return { date: dateText(days), time: timeText(number - days * microsPerDay) };
}

/** Before 1684 and behind 2255 a number does not hold all microseconds. */
function farCivilTime(micros: bigint): CivilTime {
  const days = floorDivide(micros, BigInt(microsPerDay));
  return { date: dateText(Number(days)), time: timeText(Number(micros - days * BigInt(microsPerDay))) };
}

/** Divides and rounds down, also below zero. `divisor` is above zero. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

/** The fraction of a second, from 0 to 999999 microseconds: `.25`, or nothing. */
export function fractionText(micros: number): string {
  if (micros === 0) return "";
  // A leading 1 keeps the zeros behind the point.
  let digits = 1_000_000 + micros;
  while (digits % 10 === 0) digits /= 10;
  return `.${`${digits}`.slice(1)}`;
}

/** At least two digits. */
export function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/**
 * The date that is `days` after 1970-01-01.
 *
 * Years are counted from March, in eras of 400 years (146097 days), so that a leap day is a year's last:
 * https://howardhinnant.github.io/date_algorithms.html#civil_from_days
 */
function dateText(days: number): string {
  const sinceEraZero = days + 719_468;
  const era = Math.floor(sinceEraZero / 146_097);
  const dayOfEra = sinceEraZero - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${yearText(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

function yearText(year: number): string {
  if (year > 999 && year < 10_000) return `${year}`;
  const digits = Math.abs(year).toString().padStart(4, "0");
  if (year < 0) return `-${digits}`;
  return year > 9999 ? `+${digits}` : digits;
}

function timeText(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  return clock + fractionText(micros % 1_000_000);
}
