import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { parseSync } from "vite";
import { root } from "../workspace.mjs";

/**
 * One import of one file.
 * @typedef {object} Import
 * @property {string} from the importing file, from the root of the checkout
 * @property {string} to a file of the checkout, or the specifier of a package or of Node
 * @property {boolean} isRelative
 * @property {boolean} isType whether it is erased before anything runs
 */

/**
 * @param {string} file
 * @param {string} text
 * @returns {readonly Import[]} every import and re-export, static or dynamic
 */
export function readImports(file, text) {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  /** @type {{ specifier: string, isType: boolean }[]} */
  const found = [];
  for (const { moduleRequest, entries, start, end } of module.staticImports) {
    const whole = text.slice(start, end).startsWith("import type");
    const isType = whole || (entries.length > 0 && entries.every((entry) => entry.isType));
    found.push({ specifier: moduleRequest.value, isType });
  }
  for (const { entries } of module.staticExports) {
    for (const entry of entries) {
      if (entry.moduleRequest !== null) found.push({ specifier: entry.moduleRequest.value, isType: entry.isType });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const expression = text.slice(moduleRequest.start, moduleRequest.end);
    // What is computed at run time cannot be read here; the house has no such import of a file of its own.
    if (/^["'`][^$]*["'`]$/.test(expression)) found.push({ specifier: expression.slice(1, -1), isType: false });
  }
  return found.map(({ specifier, isType }) => {
    const isRelative = specifier.startsWith(".");
    const path = specifier.replace(/\?.*$/, "");
    const to = isRelative ? posix.join(posix.dirname(file), path) : specifier;
    return { from: file, to, isRelative, isType };
  });
}

/** @returns {readonly string[]} every hand-written source file of the checkout, also those not committed yet */
export function sourceFiles() {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const isSource = (/** @type {string} */ file) => /\.(ts|tsx|mjs)$/.test(file) && !file.startsWith("client/src/gen/");
  // What was deleted is listed until the deletion is committed.
  return list.split("\0").filter((file) => isSource(file) && existsSync(`${root}${file}`));
}

/** @returns {readonly Import[]} */
export function importsOfTheHouse() {
  return sourceFiles().flatMap((file) => readImports(file, readFileSync(`${root}${file}`, "utf8")));
}
