import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../workspace.mjs";
import { mutants } from "./list.mjs";
import { projectOf, staleness, titlePattern } from "./mutant.mjs";

const biome = join(root, "node_modules/.bin/biome");

/** @param {string} file */
const read = (file) => readFileSync(join(root, file), "utf8");

/** The tests that each row of the tables names, as `row: file: title`. */
const named = read("docs/zero-downtime.md")
  .split("\n")
  .filter((line) => /^\| [GVPN]\d+ \|/.test(line))
  .flatMap((line) =>
    [...line.matchAll(/\[([^\]]+)\]\(\.\.\/([^)#]+)\)/g)].map(
      ([, title, file]) => `${line.split(" ", 2)[1]}: ${file}: ${title}`,
    ),
  );

const shown = mutants.map(({ what, rows, tests }) => ({
  what,
  held: rows.map((row) => tests.map(([file, title]) => `${row}: ${file}: ${title}`)),
}));

describe("the breakages", () => {
  it.each(mutants)("fit what is there: $what", (mutant) => {
    expect(existsSync(join(root, mutant.file)), mutant.file).toBe(true);
    expect(staleness(mutant, read(mutant.file))).toBeUndefined();
  });

  it("name nothing that is not there: who trips over a name shows nothing of what was broken", () => {
    const folder = mkdtempSync(join(tmpdir(), "e6data-breakages-"));
    try {
      writeFileSync(join(folder, "biome.json"), JSON.stringify({ root: true, vcs: { enabled: false } }));
      for (const [index, { file, find, replace }] of mutants.entries()) {
        writeFileSync(
          join(folder, `${index}-${basename(file)}`),
          read(file).replace(find, () => replace),
        );
      }
      const args = ["lint", "--only=correctness/noUndeclaredVariables", "--max-diagnostics=none", "."];
      const { status, stdout, stderr } = spawnSync(biome, args, { cwd: folder, encoding: "utf8" });
      expect({ status, found: /Checked \d+ files/.exec(stdout)?.[0], stderr }).toEqual({
        status: 0,
        found: `Checked ${mutants.length + 1} files`,
        stderr: "",
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("show of each test that docs/zero-downtime.md names in a row what it is worth", () => {
    const seenRed = new Set(shown.flatMap(({ held }) => held.flat()));
    expect(named.filter((test) => !seenRed.has(test))).toEqual([]);
  });

  it.each(shown)("are shown in docs/zero-downtime.md: $what", ({ held }) => {
    for (const tests of held) expect(named).toEqual(expect.arrayContaining([expect.toBeOneOf(tests)]));
  });
});

describe("staleness()", () => {
  const mutant = { rows: [], what: "", file: "a.ts", find: "x", replace: "y", tests: [] };

  it.each([
    ["y", "a.ts holds the text to be replaced 0 times: x"],
    ["x x", "a.ts holds the text to be replaced 2 times: x"],
    ["a x b", undefined],
  ])("of %j is %j", (source, expected) => {
    expect(staleness(mutant, source)).toBe(expected);
  });

  it("knows a breakage that changes nothing", () => {
    expect(staleness({ ...mutant, replace: "x" }, "x")).toBe("replaces a text by itself");
  });
});

describe("titlePattern()", () => {
  it("stands for every case of a title, and for nothing else", () => {
    const pattern = new RegExp(`^${titlePattern("with %s (code %i): $name.of, a.b?")}$`);
    expect(pattern.test("with blue (code 12): clear, a.b?")).toBe(true);
    expect(pattern.test("with blue (code 12): clear, axb")).toBe(false);
  });
});

describe("projectOf()", () => {
  it.each([
    ["a/b.test.ts", "node"],
    ["a/b.web.test.ts", "node"],
    ["a/b.browser.test.ts", "chromium"],
    ["a/b.road.test.mjs", "road"],
    ["storm/browsers/core-suite.ts", "road"],
  ])("leads %s to %s", (file, project) => {
    expect(projectOf(file)).toBe(project);
  });
});
