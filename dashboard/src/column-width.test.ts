import { describe, expect, it } from "vitest";
import { columnWidths } from "./column-width.ts";

const field = { name: "id", type: "LONG" };

describe("columnWidths()", () => {
  it("fits the widest of the first rows", () => {
    expect(columnWidths([field], [["a"], ["0123456789ab"]])).toEqual([12]);
  });

  it("fits the head where the values are shorter", () => {
    // "customer_name", two blanks, and STRING in smaller letters
    expect(columnWidths([{ name: "customer_name", type: "STRING" }], [["x"]])).toEqual([20]);
  });

  it("stays within bounds", () => {
    expect(columnWidths([{ name: "", type: "" }], [])).toEqual([6]);
    expect(columnWidths([field], [["x".repeat(1000)]])).toEqual([44]);
  });

  it("looks at the first rows only", () => {
    const rows = Array.from({ length: 200 }, () => ["0123456789"]);
    expect(columnWidths([field], [...rows, ["0123456789 and more"]])).toEqual([10]);
  });
});
