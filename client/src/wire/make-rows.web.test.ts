import { describe, expect, it } from "vitest";
import type { Value } from "./column.ts";
import { type Cells, makeRows } from "./make-rows.ts";

const widths = Array.from({ length: 12 }, (_, width) => width);

/** Cells that are values already. */
function made(values: Value[]): Cells {
  return { type: "STRING", at: undefined, values, from: 7 };
}

/** Cells of eight bytes each that begin 3 bytes into the input, of which row 1 is null; row 1 is the next one. */
function stored(write: (view: DataView, position: number, row: number) => void, type: string): Cells {
  const rowCount = 4;
  const view = new DataView(new ArrayBuffer(64));
  for (let row = 0; row < rowCount; row++) write(view, 3 + row * 8, row);
  return { at: { view, start: 3, rowCount, nulls: Uint8Array.of(0, 1, 0, 0) }, type, values: [], from: 1 };
}

describe("makeRows()", () => {
  it.each(widths)("makes rows of %i columns", (width) => {
    const columns = Array.from({ length: width }, (_, index) => [`${index} a`, null, `${index} c`, "not asked for"]);
    const rows = [["before"]] as Value[][];
    makeRows(rows, 1, 3, columns.map(made));
    const expected = [0, 1, 2].map((row) => columns.map((column) => column[row]));
    expect(rows).toEqual([["before"], ...expected]);
  });

  it.each(widths)("reads the numbers of %i columns beside values where they lie, but those that are null", (width) => {
    const kinds = [
      {
        cells: stored((view, at, row) => view.setBigInt64(at, -5n * BigInt(row)), "LONG"),
        expected: [null, -10n, -15n],
      },
      { cells: stored((view, at, row) => view.setFloat64(at, row / 4), "DOUBLE"), expected: [null, 0.5, 0.75] },
      { cells: made(["a", "b", "c"]), expected: ["a", "b", "c"] },
    ] as const;
    const columns = widths.slice(0, width).flatMap((index) => kinds[index % 3] ?? []);
    const rows: Value[][] = [];
    const cells = columns.map((column) => column.cells);
    makeRows(rows, 0, 3, cells);
    expect(rows).toEqual([0, 1, 2].map((row) => columns.map(({ expected }) => expected[row])));
  });
});
