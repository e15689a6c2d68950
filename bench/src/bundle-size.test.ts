import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { measureImport, sizedImports, sizeTable } from "./bundle-size.ts";

describe("measureImport()", () => {
  it("measures what is imported, and nothing of what is not", async () => {
    const [one, all] = [
      await measureImport({ code: 'import { parseStrategy } from "e6data-web/headers"' }),
      await measureImport({ code: 'import * as all from "e6data-web/proto"' }),
    ];
    expect(one).toBeGreaterThan(100);
    expect(one).toBeLessThan(500);
    expect(all).toBeGreaterThan(10_000);
  });

  it.each(sizedImports)("$code is at most $budget bytes", async ({ budget, ...given }) => {
    expect(await measureImport(given)).toBeLessThanOrEqual(budget);
  });
});

describe("SIZES.md", () => {
  it("holds what `npm run bench -- size` prints, give or take 2 %", async () => {
    const written = readFileSync(new URL("../SIZES.md", import.meta.url), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("|"));
    const measured = await sizeTable();
    expect(written.map(withoutSize)).toEqual(measured.map(withoutSize));
    const off = measured
      .map((line, row) => sizeIn(line) / sizeIn(written[row] ?? "") - 1)
      .filter((part) => Math.abs(part) > 0.02);
    expect(off).toEqual([]);
  });
});

function withoutSize(row: string): string {
  return row.replace(/\| [\d.]+ \|/, "|");
}

function sizeIn(row: string): number {
  return Number(/\| ([\d.]+) \|/.exec(row)?.[1] ?? 1);
}
