import { describe, expect, it } from "vitest";
import { cellText, maxCellCharacters } from "./cell-text.ts";

describe("cellText()", () => {
  it.each([
    [1234567890123456789n, "1234567890123456789"],
    [0.1, "0.1"],
    [-0, "-0"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [true, "true"],
    ["", ""],
    [" a ", " a "],
    [{ toString: () => "12345678901234.5678" }, "12345678901234.5678"],
  ])("keeps %o exact", (value, text) => {
    expect(cellText(value)).toEqual({ kind: "value", text });
  });

  it("tells NULL from a text that reads the same", () => {
    expect(cellText(null)).toEqual({ kind: "null", text: "NULL" });
    expect(cellText("NULL")).toEqual({ kind: "value", text: "NULL" });
  });

  it("shows bytes as hexadecimal", () => {
    expect(cellText(Uint8Array.of(0, 10, 255))).toEqual({ kind: "binary", text: "0x000aff" });
  });

  it("cuts what is too long for a cell, and says so", () => {
    const exact = "x".repeat(maxCellCharacters);
    expect(cellText(exact).text).toBe(exact);
    expect(cellText(`${exact}y`).text).toBe(`${exact}…`);
    expect(cellText(new Uint8Array(10_000_000)).text).toBe(`0x${"0".repeat(maxCellCharacters)}…`);
  });
});
