/**
 * Whole numbers of 32 bits, which are numbers, and of 64, which are bigints. Those with an `s` in front are written so that small
 * negative ones stay short: 0, -1, 1, -2 as 0, 1, 2, 3.
 */
export type WholeNumber = "int32" | "int64" | "sint32" | "sint64";

/** The bits that stand for a number. Throws for what is none, or out of range. */
export function toBits(kind: WholeNumber, value: unknown): bigint {
  const size = sizeOf(kind);
  const isWhole = size === 64 ? typeof value === "bigint" : Number.isInteger(value);
  const whole = isWhole ? BigInt(value as bigint | number) : undefined;
  if (whole === undefined || BigInt.asIntN(size, whole) !== whole) throw new Error(`what is given is no ${kind}`);
  return BigInt.asUintN(64, isZigzag(kind) ? (whole << 1n) ^ (whole >> 63n) : whole);
}

/** The number that bits stand for. Those beyond its size do not count. */
export function fromBits(kind: WholeNumber, bits: bigint): bigint | number {
  const size = sizeOf(kind);
  const given = BigInt.asUintN(size, bits);
  const whole = isZigzag(kind) ? (given >> 1n) ^ -(given & 1n) : BigInt.asIntN(size, given);
  return size === 64 ? whole : Number(whole);
}

function sizeOf(kind: WholeNumber): 32 | 64 {
  return kind.endsWith("64") ? 64 : 32;
}

function isZigzag(kind: WholeNumber): boolean {
  return kind.startsWith("s");
}
