/** Microseconds of a day: 2^13 times an odd number. */
const oddPart = 86_400_000_000 / 2 ** 13;

/**
 * Days since 1970-01-01 of microseconds, rounded down. 64 bits of microseconds reach 107 million days either way, so 32 bits hold any.
 *
 * Without a bigint for each: 13 bits fall off with nothing lost, the 51 that are left fit a double, and so its quotient rounds down right.
 */
export function daysOfMicros(micros: BigInt64Array): Int32Array {
  const halves = new Int32Array(micros.buffer, micros.byteOffset, micros.length * 2);
  const days = new Int32Array(micros.length);
  for (let row = 0; row < days.length; row++) {
    const low = halves[row * 2] as number;
    const high = halves[row * 2 + 1] as number;
    days[row] = Math.floor((high * 2 ** 19 + (low >>> 13)) / oddPart);
  }
  return days;
}
