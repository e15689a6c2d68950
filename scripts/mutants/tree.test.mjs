import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { copyTree } from "./tree.mjs";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "e6data-tree-")));
afterAll(() => rmSync(folder, { recursive: true }));

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

it("makes a copy whose packages see each other, and which shares the rest", () => {
  const from = join(folder, "from");
  write(join(from, "client/src/a.ts"), "as it was");
  write(join(from, "client/dist/a.js"), "made");
  write(join(from, ".git/HEAD"), "not the sources");
  write(join(from, "docs/node_modules/typedoc/package.json"), "{}");
  write(join(from, "node_modules/vitest/package.json"), "{}");
  mkdirSync(join(from, "node_modules/@own"));
  symlinkSync("../../client", join(from, "node_modules/@own/client"));
  const to = join(folder, "to");
  copyTree(from, to);
  writeFileSync(join(to, "client/src/a.ts"), "broken");

  expect(readFileSync(join(to, "node_modules/@own/client/src/a.ts"), "utf8")).toBe("broken");
  expect(readFileSync(join(from, "node_modules/@own/client/src/a.ts"), "utf8")).toBe("as it was");
  expect(realpathSync(join(to, "node_modules/vitest"))).toBe(join(from, "node_modules/vitest"));
  expect(realpathSync(join(to, "docs/node_modules/typedoc"))).toBe(join(from, "docs/node_modules/typedoc"));
  expect(() => realpathSync(join(to, "client/dist"))).toThrow("ENOENT");
  expect(() => realpathSync(join(to, ".git"))).toThrow("ENOENT");
});
