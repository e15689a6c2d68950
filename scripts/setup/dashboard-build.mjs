import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterOutput, mustRun } from "../command.mjs";
import { progress } from "../report.mjs";
import { root } from "../workspace.mjs";
import { toolEnvironment } from "./node.mjs";

/** What the built page is made of. */
const sources = [
  "client/src",
  "dashboard/src",
  "dashboard/public",
  "dashboard/index.html",
  "dashboard/vite.config.ts",
  "package-lock.json",
];
const stamp = join(root, "dashboard/dist/.built-from");

/** @param {string} path @returns {readonly string[]} the files below it, sorted */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** @returns {string} */
function fingerprint() {
  const hash = createHash("sha256");
  for (const source of sources.map((name) => join(root, name))) {
    const files = source.includes(".", root.length) ? [source].filter(existsSync) : filesBelow(source);
    for (const file of files) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex");
}

/**
 * Builds the dashboard's page, unless it was built from just these sources already.
 * @returns {Promise<void>}
 */
export async function ensureDashboardBuild() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  progress("building the dashboard");
  const options = { cwd: join(root, "dashboard"), env: toolEnvironment() };
  await mustRun(
    "vite",
    ["build", "--logLevel", "warn"],
    afterOutput("the dashboard could not be built, see above"),
    options,
  );
  writeFileSync(stamp, wanted);
}
