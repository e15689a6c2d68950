/** A link of a page. */
export interface Link {
  readonly text: string;
  readonly to: string;
}

/** The rows of a page's tables whose last column is called so, each as its cells. Rows that are headings are left out. */
export function rowsOf(page: string, lastColumn: string): string[][] {
  const tables = page
    .trimEnd()
    .split("\n\n")
    .filter((part) => part.startsWith("|"));
  return tables.flatMap((table) => {
    const [head = [], , ...rows] = table.split("\n").map((line) => line.split(/(?<!\\) ?\| ?/).slice(1, -1));
    return head.at(-1) === lastColumn ? rows.filter(([first = ""]) => !first.startsWith("**")) : [];
  });
}

/** The links of a cell, in their order. */
export function linksIn(cell: string): Link[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = "", to = ""]) => ({ text, to }));
}

/** Whether a file of tests has one of this title: `it("…")`, `it.each(…)("…")`, or a case of the behaviour suite. */
export function hasTest(source: string, title: string): boolean {
  const text = JSON.stringify(title);
  // A title that is too long for its line stands on the next one.
  const lines = source.replaceAll(/\(\s+/g, "(");
  return [`it(${text}`, `test(${text}`, `)(${text}`, ` name: ${text},`].some((start) => lines.includes(start));
}
