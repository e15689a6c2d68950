import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { generateReference } from "./generate-reference.ts";

const pagesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

it("the reference is what the doc comments say: else run `npm run reference`", async () => {
  const folder = mkdtempSync(join(tmpdir(), "e6data-reference-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await generateReference(folder);
  expect(pagesIn(fileURLToPath(new URL("../api", import.meta.url)))).toEqual(pagesIn(folder));
});
