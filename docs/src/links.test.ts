import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(root + path));

/** A page without its code, where brackets are no links. */
const proseOf = (path: string) =>
  readFileSync(root + path, "utf8")
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, (code) => code.replaceAll(/[[\]()<>]/g, ""));

const known = new Map<string, ReadonlySet<string>>();

/** The anchors of a page: of its headings, as forges make them, and those that it sets itself. */
function anchorsOf(path: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(path).matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll("`", "")
      .replaceAll("\\", "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  for (const [, id = ""] of readFileSync(root + path, "utf8").matchAll(/<a id="([^"]+)">/g)) anchors.add(id);
  return anchors;
}

/** What is wrong with a link to a file or a heading; nothing for a good one, or one out into the world. */
function problemOf(from: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from : normalize(join(dirname(from), decodeURIComponent(path)));
  if (target.startsWith("..") || !existsSync(root + target)) return `${link} leads nowhere`;
  if (anchor === undefined || statSync(root + target).isDirectory()) return undefined;
  const anchors = known.get(target) ?? anchorsOf(target);
  known.set(target, anchors);
  return anchors.has(anchor) ? undefined : `${link} names no heading`;
}

describe("the links of the documents", () => {
  it("are looked for where the documents are", () => {
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/errors.md", "docs/api/README.md"]));
  });

  it.each(pages)("of %s lead somewhere", (page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });
});
