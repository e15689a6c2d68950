import { Decimal } from "./decimal.ts";

/** Most bytes of an unscaled integer: 128 bits. */
export const maxDecimalBytes = 16;
/** Largest scale, either way. Types of 128 bits need 38; a limit there must be, since a scale becomes as many digits of text. */
export const maxDecimalScale = 1000;

/** Reads a big-endian two's complement integer of 1 to 16 bytes. */
export function readDecimal(view: DataView, start: number, end: number): bigint {
  if (end - start === maxDecimalBytes) return (view.getBigInt64(start) << 64n) | view.getBigUint64(start + 8);
  let unscaled = BigInt(view.getInt8(start));
  for (let position = start + 1; position < end; position++) {
    unscaled = (unscaled << 8n) | BigInt(view.getUint8(position));
  }
  return unscaled;
}

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;

/** Reads a decimal's text, in plain or scientific notation. Undefined where it is none, or where its scale is out of range. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = text.length <= 3 * maxDecimalScale ? decimalText.exec(text) : null;
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > maxDecimalScale) return undefined;
  const magnitude = BigInt(whole + fraction);
  return new Decimal(sign === "-" ? -magnitude : magnitude, scale);
}
