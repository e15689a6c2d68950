import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

/** What is made from the sources, or has nothing to do with them. */
const skipped = new Set([".git", ".cache", ".tools", "node_modules", "dist", "coverage", "test-results"]);

/**
 * Copies a checkout as it lies there, so that the copy can be broken. Its packages see each other, not those of the checkout;
 * everything else in `node_modules` is shared.
 * @param {string} from
 * @param {string} to a folder that is not there yet
 */
export function copyTree(from, to) {
  cpSync(from, to, { recursive: true, filter: (path) => path === from || !skipped.has(basename(path)) });
  linkModules(join(from, "node_modules"), join(to, "node_modules"));
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const own = join(from, entry.name, "node_modules");
    if (entry.isDirectory() && !skipped.has(entry.name) && existsSync(own)) {
      linkModules(own, join(to, entry.name, "node_modules"));
    }
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkModules(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(from, entry.name)), target);
    else if (entry.name.startsWith("@")) linkModules(join(from, entry.name), target);
    // Tools keep what they remember in hidden folders: each tree has its own.
    else if (entry.isDirectory() && !entry.name.startsWith(".")) symlinkSync(join(from, entry.name), target);
  }
}
