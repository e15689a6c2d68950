import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hasTest, linksIn, rowsOf } from "./tables.ts";

const docs = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(fileURLToPath(new URL(path, docs)), "utf8");

const rows = rowsOf(read("zero-downtime.md"), "held by").map(([id = "", , tests = ""]) => ({
  id,
  tests: linksIn(tests),
}));
const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

describe("zero-downtime.md", () => {
  it("has a row for each guarantee, each history and each defect, once, in their order", () => {
    const ids = [...numbered("G", 12), ...numbered("V", 15), ...numbered("P", 33), ...numbered("N", 6)];
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it.each(rows)("has tests for $id", ({ tests }) => {
    expect(tests).not.toEqual([]);
    for (const { text, to } of tests) expect(hasTest(read(to), text), `"${text}" in ${to}`).toBe(true);
  });
});
