import { describe, expect, it } from "vitest";
import { packBits, packNulls } from "./bits.ts";

describe("packBits()", () => {
  it.each([
    [[], []],
    [[1], [0b1]],
    [[0, 1, 1, 0, 0, 0, 0, 1], [0b10000110]],
    [
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
      [0, 0b101],
    ],
  ])("packs %j, the first into the lowest bit", (bytes, bits) => {
    expect(packBits(Uint8Array.from(bytes))).toEqual(Uint8Array.from(bits));
  });
});

describe("packNulls()", () => {
  it("sets a bit for each row with a value, and none after the last", () => {
    expect(packNulls(Uint8Array.of(0, 1, 0))).toEqual({ nullCount: 1, validity: Uint8Array.of(0b101) });
    const nine = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(packNulls(nine)).toEqual({ nullCount: 1, validity: Uint8Array.of(0b11111110, 1) });
    expect(packNulls(nine.subarray(1))).toEqual({ nullCount: 0, validity: Uint8Array.of(0xff) });
  });

  it("has no bitmap where no row is null", () => {
    expect(packNulls(undefined)).toEqual({ nullCount: 0, validity: new Uint8Array() });
  });
});
