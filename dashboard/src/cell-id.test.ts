import { describe, expect, it } from "vitest";
import { cellId, parseCellId } from "./cell-id.ts";

describe("parseCellId()", () => {
  it("reads what cellId() wrote", () => {
    expect(parseCellId(cellId({ row: 120_000, column: 3 }))).toEqual({ row: 120_000, column: 3 });
  });

  it.each(["", "sql", "cell-1", "cell-1-x"])("knows %j for no cell's id", (id) => {
    expect(parseCellId(id)).toBeUndefined();
  });
});
