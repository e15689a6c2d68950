import { describe, expect, it } from "vitest";
import { isRow, numbered } from "./statements.ts";

describe("isRow()", () => {
  it("knows a row by its number, in each of its columns", () => {
    const row = [3n, 23757n, "row 3"];
    expect(isRow(row, 3)).toBe(true);
    expect(isRow(row, 4)).toBe(false);
    expect(isRow([3n, 23757n, "row 4"], 3)).toBe(false);
    expect(isRow([3n, 1n, "row 3"], 3)).toBe(false);
    expect(isRow([...row, 1], 3)).toBe(false);
    expect(isRow([200n, 583797n, "row 200"], 200)).toBe(true);
  });
});

describe("numbered()", () => {
  it("bears its mark", () => {
    expect(numbered("?", "marked")).toMatch(/^\/\* marked \*\/ select .* range\(0, \?\)/);
  });
});
