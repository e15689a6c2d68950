import { describe, expect, it } from "vitest";
import { sqlPosition } from "./sql-position.ts";

describe("sqlPosition()", () => {
  it.each([
    ['Parser Error: syntax error at or near "selct"\n\nLINE 1: selct 1\n        ^', { line: 1, column: 1 }],
    ["Binder Error: no column x\n\nLINE 12: where x = 1\n               ^", { line: 12, column: 7 }],
    // A long line is cut at its beginning: where the caret stands says nothing then.
    ["Binder Error: no column x\n\nLINE 1: ...from t where x = 1\n                      ^", { line: 1 }],
    ["Binder Error: no column x\n\nLINE 3: where x = 1", { line: 3 }],
    ["Conversion Error: LINE 1: is not a number", undefined],
    ["Out of Memory Error", undefined],
    ["", undefined],
  ])("reads %j", (text, position) => {
    expect(sqlPosition(text)).toEqual(position);
  });
});
