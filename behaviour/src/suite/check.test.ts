import { E6Error } from "e6data-web";
import { Decimal } from "e6data-web/wire";
import { describe, expect, it } from "vitest";
import { equal, like, Mismatch, rejects, throws } from "./check.ts";

const alike: readonly (readonly [unknown, unknown])[] = [
  [Number.NaN, Number.NaN],
  [1n, 1n],
  [
    [1, [2, { a: null }]],
    [1, [2, { a: null }]],
  ],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Date(5), new Date(5)],
  [new Decimal(5n, 1), new Decimal(5n, 1)],
];

const different: readonly (readonly [unknown, unknown])[] = [
  [0, -0],
  [1, 1n],
  [1, "1"],
  [null, undefined],
  [[1, 2], [1]],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [{ 0: 1, length: 1 }, [1]],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [new Uint8Array([1]), new Int8Array([1])],
  [new Uint8Array([1]), new Uint8Array([1, 2])],
  [new Date(5), new Date(6)],
  [new Decimal(5n, 1), new Decimal(5n, 2)],
  [new Decimal(5n, 1), { unscaled: 5n, scale: 1 }],
  [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } }],
];

describe("equal()", () => {
  it.each(alike)("takes %o and %o for the same", (one, other) => {
    expect(() => equal(one, other)).not.toThrow();
  });

  it.each(different)("tells %o from %o", (one, other) => {
    expect(() => equal(one, other)).toThrow(Mismatch);
  });

  it("refuses what it would not see into", () => {
    expect(() => equal(new Set([1]), new Set([2]))).toThrow("compare its parts");
    expect(() => equal(new Error("a"), new Error("b"))).toThrow("compare its parts");
  });
});

describe("like()", () => {
  it("passes over what is not expected, at every depth, but for the length of lists", () => {
    expect(() => like({ a: [{ b: 1, c: 2 }], d: 3 }, { a: [{ b: 1 }] })).not.toThrow();
    expect(() => like({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toThrow("at .a.0.b");
    expect(() => like({ a: [1, 2] }, { a: [1] })).toThrow(Mismatch);
    expect(() => like({}, { a: 1 })).toThrow(Mismatch);
  });
});

describe("rejects() and throws()", () => {
  const error = new E6Error("NETWORK", "no answer", { retryable: true });
  const fail = (thrown: unknown) => () => {
    throw thrown;
  };

  it("give the error that is expected", async () => {
    expect(await rejects(Promise.reject(error), { code: "NETWORK", retryable: true, message: "no answer" })).toBe(
      error,
    );
    expect(throws(fail(error), { code: "NETWORK" })).toBe(error);
  });

  it("fail where there is none, another one, or one of another kind", async () => {
    await expect(rejects(Promise.resolve(), {})).rejects.toThrow(Mismatch);
    await expect(rejects(Promise.reject(error), { code: "CLOSED" })).rejects.toThrow(Mismatch);
    await expect(rejects(Promise.reject(new Error("NETWORK")), {})).rejects.toThrow(Mismatch);
    expect(() => throws(() => undefined, {})).toThrow(Mismatch);
    expect(() => throws(fail(error), { retryable: false })).toThrow(Mismatch);
  });
});
