import { describe, expect, it } from "vitest";
import { makeRows } from "./make-rows.ts";

describe("makeRows()", () => {
  it.each(Array.from({ length: 12 }, (_, width) => width))("makes rows of %i columns", (width) => {
    const columns = Array.from({ length: width }, (_, index) => [`${index} a`, null, `${index} c`, "not asked for"]);
    const rows = [["before"], ["?"], ["?"], ["?"], ["behind"]];
    makeRows(rows, 1, 3, columns);
    const expected = [0, 1, 2].map((row) => columns.map((column) => column[row]));
    expect(rows).toEqual([["before"], ...expected, ["behind"]]);
  });
});
