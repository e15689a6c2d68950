const microsPerDay = 86_400_000_000n;

/**
 * The date and time of microseconds since 1970-01-01T00:00, all of it with integers of any size: what the client's own, which counts with
 * numbers, is held against.
 */
export function slowCivilTime(micros: bigint): { readonly date: string; readonly time: string } {
  const sinceMidnight = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  let day = (micros - sinceMidnight) / microsPerDay;
  // Whole cycles of the calendar first, then year by year.
  let year = 1970n + 400n * (day / 146_097n);
  day %= 146_097n;
  for (; day < 0n; day += yearLength(year)) year--;
  for (; day >= yearLength(year); year++) day -= yearLength(year);
  let month = 1;
  for (; day >= monthLength(year, month); month++) day -= monthLength(year, month);
  const sign = year < 0n ? "-" : year > 9999n ? "+" : "";
  const seconds = sinceMidnight / 1_000_000n;
  const fraction = pad(sinceMidnight % 1_000_000n, 6).replace(/0+$/, "");
  return {
    date: `${sign}${pad(year < 0n ? -year : year, 4)}-${pad(BigInt(month), 2)}-${pad(day + 1n, 2)}`,
    time: `${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}${fraction && `.${fraction}`}`,
  };
}

function isLeap(year: bigint): boolean {
  return year % 4n === 0n && (year % 100n !== 0n || year % 400n === 0n);
}

function yearLength(year: bigint): bigint {
  return isLeap(year) ? 366n : 365n;
}

function monthLength(year: bigint, month: number): bigint {
  if (month === 2) return isLeap(year) ? 29n : 28n;
  return [4, 6, 9, 11].includes(month) ? 30n : 31n;
}

function pad(number: bigint, length: number): string {
  return number.toString().padStart(length, "0");
}
