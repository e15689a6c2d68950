import { describe, expect, it } from "vitest";
import { lineOfJsonError } from "./json-error-line.ts";

describe("lineOfJsonError()", () => {
  it.each([
    ["{", 1],
    ["", 1],
    ["{\n  a: 1\n}", 2],
    ['{\n  "a": 1,\n  "b": s3cret,\n  "c": [1, 2]\n}', 3],
    ['{\n  "a": 1\n  "b": 2\n}', 3],
    ['{\n  "a": [1,\n    2,\n  ],\n  "b": 2\n}', 4],
    ['{\n  "a": "x\n  ",\n  "b": 2\n}', 2],
    ['{\n  "a": 1,\n}\n', 3],
    ['{\n  "a": 1\n}\n}', 4],
    ['{\n  // why\n  "a": 1\n}', 2],
    ['{\n  "a": {\n    "b": 1\n', 4],
  ])("finds it in %j", (text, line) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(lineOfJsonError(text)).toBe(line);
  });
});
