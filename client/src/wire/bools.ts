import type { WireSource } from "./wire-source.ts";

/**
 * Tells whether any entry of a list of bools, a part of the source's bytes, is true.
 *
 * @throws E6Error `MALFORMED_RESULT` for an entry that is neither 0 nor 1.
 */
export function anyTrue(source: WireSource, bools: Uint8Array): boolean {
  const { view } = source;
  const start = bools.byteOffset - source.bytes.byteOffset;
  const end = start + bools.length;
  let seen = 0;
  let position = start;
  // Four entries a step: a byte that is neither 0 nor 1 leaves one of its other bits.
  for (; position + 4 <= end; position += 4) seen |= view.getInt32(position);
  for (; position < end; position++) seen |= view.getUint8(position);
  if ((seen & ~0x01010101) !== 0) {
    const wrong = start + bools.findIndex((byte) => byte > 1);
    throw source.malformed(wrong, `a bool is ${view.getUint8(wrong)}, neither 0 nor 1`);
  }
  return seen !== 0;
}
