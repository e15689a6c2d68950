import type { E6Error } from "../error.ts";
import type { Decimal } from "../wire/decimal.ts";
import { readDecimal } from "../wire/decimal-reader.ts";
import type { Texts } from "../wire/texts.ts";

/** Digits of Arrow's decimal128. */
export const decimalPrecision = 38;
const beyond = 10n ** BigInt(decimalPrecision);
/** The highest 32 bits of `beyond`: integers whose own are closer to 0 are in reach without a closer look. */
const beyondTop = Number(beyond >> 96n);

/** Makes the error for a row whose decimal does not fit. */
export type Misfit = (row: number) => E6Error;

/** Integers of up to 16 bytes, big-endian, as Arrow's decimal128 has them: little-endian, 16 bytes each, 0 where null. */
export function packIntegers(texts: Texts, nulls: Uint8Array | undefined, misfit: Misfit): BigUint64Array {
  const { view, bytes } = texts.source;
  const values = new BigUint64Array(texts.count * 2);
  const words = new Int32Array(values.buffer);
  const out = new Uint8Array(values.buffer);
  for (let row = 0; row < texts.count; row++) {
    if (nulls?.[row] === 1) continue;
    const start = texts.start(row);
    const end = texts.end(row);
    const to = row * 4;
    if (end - start === 16) {
      const top = view.getInt32(start);
      if ((top >= beyondTop || top < -beyondTop) && !fits(readDecimal(view, start, end))) throw misfit(row);
      words[to] = view.getInt32(start + 12);
      words[to + 1] = view.getInt32(start + 8);
      words[to + 2] = view.getInt32(start + 4);
      words[to + 3] = top;
    } else {
      // Fewer bytes: the sign fills the rest.
      if (view.getInt8(start) < 0) words.fill(-1, to, to + 4);
      for (let at = end - 1, byte = to * 4; at >= start; at--, byte++) out[byte] = bytes[at] as number;
    }
  }
  return values;
}

/** Decimals at one scale, as {@link packIntegers} has them. */
export function packDecimals(
  count: number,
  decimalAt: (row: number) => Decimal | null,
  scale: number,
  misfit: Misfit,
): BigUint64Array {
  const values = new BigUint64Array(count * 2);
  for (let row = 0; row < count; row++) {
    const decimal = decimalAt(row);
    if (decimal === null) continue;
    const unscaled = rescale(decimal, scale);
    if (unscaled === undefined) throw misfit(row);
    values[row * 2] = BigInt.asUintN(64, unscaled);
    values[row * 2 + 1] = BigInt.asUintN(64, unscaled >> 64n);
  }
  return values;
}

/** The integer that stands for a decimal at another scale. Undefined where digits would be lost or are too many. */
function rescale({ unscaled, scale: own }: Decimal, scale: number): bigint | undefined {
  const factor = 10n ** BigInt(Math.abs(scale - own));
  if (own > scale && unscaled % factor !== 0n) return undefined;
  const integer = own > scale ? unscaled / factor : unscaled * factor;
  return fits(integer) ? integer : undefined;
}

function fits(integer: bigint): boolean {
  return integer < beyond && integer > -beyond;
}
