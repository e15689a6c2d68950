import { describe, expect, it } from "vitest";
import { ByteReader } from "./byte-reader.ts";

describe("ByteReader", () => {
  it("refuses bytes that end before their length says", () => {
    expect(() => new ByteReader(Uint8Array.of(3, 1, 2)).bytes()).toThrow("ends in the middle");
  });

  it("tells where what follows would end, even beyond all bytes", () => {
    expect(new ByteReader(Uint8Array.of(5, 1)).end()).toBe(6);
  });
});
