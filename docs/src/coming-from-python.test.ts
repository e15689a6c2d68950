import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hasTest, linksIn, rowsOf } from "./tables.ts";

const docs = new URL("../", import.meta.url);
const page = readFileSync(new URL("coming-from-python.md", docs), "utf8");

const read = (to: string) => readFileSync(fileURLToPath(new URL(to, docs)), "utf8");

const features = rowsOf(page, "held by").map(([python = "", , tests = ""]) => ({ python, tests: linksIn(tests) }));
const values = rowsOf(page, "in").map(([value = "", , exact = "", file = ""]) => ({
  value,
  exact,
  file: linksIn(file)[0]?.to,
}));

describe("coming-from-python.md", () => {
  it("is read", () => {
    expect(features.length).toBeGreaterThan(60);
    expect(values.length).toBeGreaterThan(5);
  });

  it.each(features)("has a test for $python", ({ tests }) => {
    expect(tests).not.toEqual([]);
    for (const { text, to } of tests) expect(hasTest(read(to), text), `"${text}" in ${to}`).toBe(true);
  });

  it.each(values)("has a vector for $value", ({ exact, file = "" }) => {
    const { columns }: { columns: readonly unknown[][] } = JSON.parse(read(file));
    const texts = columns.flat().map((value) => Object(value).text ?? value);
    expect(texts).toContain(exact.replaceAll("`", ""));
  });

  it("reads its vectors by a test", () => {
    const [, test = ""] = /the test \[[^\]]+\]\(([^)]+)\)/.exec(page) ?? [];
    expect(hasTest(read(test), "reads %s value by value")).toBe(true);
  });
});
