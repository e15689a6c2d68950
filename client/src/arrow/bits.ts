/** Bits, one for each byte of 0 or 1, as Arrow has them: the first in the lowest place. The places after the last one are 0. */
export function packBits(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array((bytes.length + 7) >> 3);
  let byte = 0;
  for (let row = 0; row < bytes.length; row++) {
    // Within the length there is a byte.
    byte |= (bytes[row] as number) << (row & 7);
    if ((row & 7) === 7) {
      bits[row >> 3] = byte;
      byte = 0;
    }
  }
  if ((bytes.length & 7) !== 0) bits[bits.length - 1] = byte;
  return bits;
}

/** Which rows of a batch have a value, as Arrow says it. */
export interface Validity {
  readonly nullCount: number;
  /** A bit for each row, 1 where there is a value; of no length where every row has one. */
  readonly validity: Uint8Array;
}

/** Turns a byte for each row, 1 where it is null, into Arrow's bitmap. */
export function packNulls(nulls: Uint8Array | undefined): Validity {
  if (nulls === undefined) return { nullCount: 0, validity: new Uint8Array() };
  const validity = packBits(nulls);
  let nullCount = 0;
  // An index: an iterator over a typed array takes ten times as long.
  for (let row = 0; row < nulls.length; row++) nullCount += nulls[row] as number;
  for (let index = 0; index < validity.length; index++) validity[index] = ~(validity[index] as number);
  // What stands after the last row is no row's.
  const rest = nulls.length & 7;
  if (rest !== 0) validity[validity.length - 1] = (validity[validity.length - 1] as number) & ((1 << rest) - 1);
  return { nullCount, validity };
}
