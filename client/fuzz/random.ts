/** Numbers that look random and follow from a seed alone. */
export interface Random {
  /** From 0 to 2^32 - 1. */
  uint32(): number;
  /** A whole number from 0 up to but not `limit`. */
  below(limit: number): number;
  /** True in `share` of all cases. */
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** 64 random bits, signed. */
  int64(): bigint;
  bytes(length: number): Uint8Array;
}

/** A stream of numbers for each pair of a seed and an index: sfc32, http://pracrand.sourceforge.net/RNG_engines.txt */
export function createRandom(seed: number, index: number): Random {
  const state = Uint32Array.of(seed, index, Math.floor(index / 2 ** 32), 1);
  const uint32 = () => {
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const result = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    state[3] = counter + 1;
    return result;
  };
  // Until the seed's bits are spread over the whole state.
  for (let round = 0; round < 12; round++) uint32();
  const below = (limit: number) => Math.floor((uint32() / 2 ** 32) * limit);
  return {
    uint32,
    below,
    chance: (share) => uint32() < share * 2 ** 32,
    pick: (items) => {
      if (items.length === 0) throw new RangeError("there is nothing to pick from");
      // Below the list's length.
      return items[below(items.length)] as (typeof items)[number];
    },
    int64: () => BigInt.asIntN(64, (BigInt(uint32()) << 32n) | BigInt(uint32())),
    bytes: (length) => Uint8Array.from({ length }, () => uint32() & 0xff),
  };
}
