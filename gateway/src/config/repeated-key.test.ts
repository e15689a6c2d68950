import { describe, expect, it } from "vitest";
import { findRepeatedKey } from "./repeated-key.ts";

describe("findRepeatedKey()", () => {
  it.each([
    ['{ "a": 1,\n  "b": 2,\n  "a": 3 }', { key: "a", line: 3 }],
    ['{ "x": { "a": 1 },\n  "y": [{ "b": 1, "b": 2 }] }', { key: "b", line: 2 }],
    ['{ "x": { "a": 1 }, "x": 1 }', { key: "x", line: 1 }],
    ['{ "a": 1, "\\u0061": 2 }', { key: "a", line: 1 }],
    ['{ "a" : 1, "a"\n: 2 }', { key: "a", line: 1 }],
    ['{ "a\\"": 1, "a\\"": 2 }', { key: 'a"', line: 1 }],
  ])("finds it in %j", (text, repeated) => {
    expect(findRepeatedKey(text)).toEqual(repeated);
  });

  it.each([
    "{}",
    "[1, 2]",
    '{ "a": { "a": { "b": 1 }, "b": 2 }, "b": 3 }',
    '[{ "a": 1 }, { "a": 2 }]',
    '{ "a": "b", "b": "a", "c": "\\"a\\": 1" }',
    '{ "a": "{", "b": ["a:", "}"] }',
  ])("finds none in %j", (text) => {
    expect(findRepeatedKey(text)).toBeUndefined();
  });
});
