import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../command.mjs";
import { progress } from "../report.mjs";
import { root } from "../workspace.mjs";

const lockFile = join(root, "package-lock.json");
const stamp = join(root, "node_modules/.e6data-lock");
/** What is installed, in the form of the lock file. npm writes it last: without it there is no installation, or only a part of one. */
const installedLock = join(root, "node_modules/.package-lock.json");

/** @returns {string} what the installed packages have to agree with: the lock file and the kind of machine */
function wanted() {
  const lock = readFileSync(lockFile);
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
}

/**
 * Installs the npm packages of the lock file, unless they are there already.
 * @returns {Promise<void>}
 */
export async function ensureDependencies() {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted()) return;
  progress("installing the npm packages of package-lock.json (once; about half a minute)");
  // No install scripts: no package here needs one, and none gets to run code on this machine by being installed.
  await mustRun(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"],
    (output) => {
      const why = /^npm error code (\S+)/m.exec(output)?.[1] ?? "no code given";
      return `the npm packages could not be installed (${why}): check that the npm registry can be reached; \`npm ci --ignore-scripts\` tells more`;
    },
    { cwd: root, timeoutMs: 900_000 },
  );
  writeFileSync(stamp, wanted());
}

/**
 * For what must not wait, nor lose the packages under its feet: takes those that are installed, and says so where they are not the lock
 * file's. Installs only where there are none.
 * @returns {Promise<void>}
 */
export async function takeDependencies() {
  if (!existsSync(installedLock)) return ensureDependencies();
  const [locked, installed] = [lockFile, installedLock].map(packagesOf);
  if (locked !== undefined && installed !== undefined && agrees(locked, installed)) return;
  progress(
    "warning: the installed npm packages are not those of package-lock.json; going on with them: `npm ci --ignore-scripts` installs the others when there is time",
  );
}

/** @typedef {Readonly<Record<string, { readonly version?: string, readonly integrity?: string, readonly optional?: boolean, readonly dev?: boolean, readonly devOptional?: boolean }>>} Packages */

/** @param {string} file @returns {Packages | undefined} nothing where the file holds none: half a merge stops no rollback */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whoever has installed them, with or without these scripts.
 * @param {Packages} locked
 * @param {Packages} installed
 * @returns {boolean} whether these are the packages of the lock file, but for those of other kinds of machines and, after an installation
 * with `--omit=dev`, those that only development needs
 */
function agrees({ "": _, ...locked }, installed) {
  return Object.entries(locked).every(([path, { version, integrity, optional, dev, devOptional }]) => {
    const found = installed[path];
    return found === undefined
      ? [optional, dev, devOptional].includes(true)
      : found.version === version && found.integrity === integrity;
  });
}
