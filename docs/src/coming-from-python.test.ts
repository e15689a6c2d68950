import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const docs = new URL("../", import.meta.url);
const page = readFileSync(new URL("coming-from-python.md", docs), "utf8");

/** The rows of the tables whose last column is called so, each as its cells. */
function rowsOf(lastColumn: string): string[][] {
  const tables = page
    .trimEnd()
    .split("\n\n")
    .filter((part) => part.startsWith("|"));
  return tables.flatMap((table) => {
    const [head = [], , ...rows] = table.split("\n").map((line) => line.split(/(?<!\\) ?\| ?/).slice(1, -1));
    return head.at(-1) === lastColumn ? rows.filter(([first = ""]) => !first.startsWith("**")) : [];
  });
}

const linksIn = (cell: string) =>
  [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = "", to = ""]) => ({ text, to }));
const read = (to: string) => readFileSync(fileURLToPath(new URL(to, docs)), "utf8");

/** Whether a file of tests has one of this title: `it("…")`, `it.each(…)("…")`, or a case of the behaviour suite. */
function hasTest(source: string, title: string): boolean {
  const text = JSON.stringify(title);
  const starts = [`it(${text}`, `test(${text}`, `)(${text}`, ` name: ${text},`];
  return starts.some((start) => source.includes(start));
}

const features = rowsOf("held by").map(([python = "", , tests = ""]) => ({ python, tests: linksIn(tests) }));
const values = rowsOf("in").map(([value = "", , exact = "", file = ""]) => ({
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
