/**
 * `npm run mutants -- [--only ROW]`: breaks the client in a copy of the tree, one breakage after the other, and expects the tests
 * that docs/zero-downtime.md names to notice. What they do not notice is a failure, and so is a breakage that fits no more.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutants } from "./mutants/list.mjs";
import { projectOf, staleness } from "./mutants/mutant.mjs";
import { runTests } from "./mutants/run-tests.mjs";
import { copyTree } from "./mutants/tree.mjs";
import { notGreen, notRed } from "./mutants/verdict.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main, progress, Remedy } from "./report.mjs";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { root } from "./workspace.mjs";

/** @typedef {import("./mutants/mutant.mjs").Mutant} Mutant */
/** @typedef {import("./mutants/mutant.mjs").NamedTest} NamedTest */

/** At a time: each has a Vitest of its own, which has one worker. */
const trees = 2;
const greenTimeoutMs = 600_000;
const redTimeoutMs = 240_000;

/**
 * @param {Mutant} mutant
 * @param {string} tree
 * @returns {Promise<string[]>} what is wrong
 */
async function tryOut(mutant, tree) {
  const path = join(tree, mutant.file);
  const source = readFileSync(path, "utf8");
  const stale = staleness(mutant, source);
  if (stale !== undefined) return [stale];
  try {
    writeFileSync(
      path,
      source.replace(mutant.find, () => mutant.replace),
    );
    return notRed(mutant, await runTests(tree, mutant.tests, redTimeoutMs));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    writeFileSync(path, source);
  }
}

/**
 * Tries breakages in some trees at a time.
 * @param {readonly Mutant[]} all
 * @param {readonly string[]} folders
 * @returns {Promise<number>} how many were not noticed as they should be
 */
async function tryAll(all, folders) {
  const left = [...all];
  let bad = 0;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, () => {
      // The run that goes on is ended elsewhere.
      bad += left.splice(0).length;
    });
  }
  await Promise.all(
    folders.map(async (tree) => {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const started = Date.now();
        const problems = await tryOut(mutant, tree);
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        console.log(
          `${problems.length === 0 ? "red " : "FAIL"} ${mutant.rows.join(" ").padEnd(16)} ${mutant.what} (${seconds} s)`,
        );
        for (const problem of problems) console.log(`       ${problem}`);
        bad += problems.length === 0 ? 0 : 1;
      }
    }),
  );
  return bad;
}

/**
 * @param {readonly string[] | undefined} rows
 * @returns {readonly Mutant[]}
 */
function choose(rows) {
  const chosen = mutants.filter((mutant) => rows === undefined || mutant.rows.some((row) => rows.includes(row)));
  if (chosen.length > 0) return chosen;
  throw new Remedy(`no breakage belongs to ${rows?.join(", ")}: take a row of docs/zero-downtime.md`);
}

/**
 * Installs what the tests need.
 * @param {readonly NamedTest[]} tests
 */
async function setUp(tests) {
  await ensureDependencies();
  const projects = new Set(tests.map(([file]) => projectOf(file)));
  if (projects.has("road") || projects.has("chromium")) process.env["CHROMIUM_PATH"] = await ensureChromium();
  if (projects.has("road")) process.env["ENVOY_PATH"] = await ensureEnvoy();
}

await main(async () => {
  const { only } = readArguments({ only: { type: "string", multiple: true } });
  const chosen = choose(only);
  const tests = chosen.flatMap((mutant) => mutant.tests);
  await setUp(tests);
  const folder = mkdtempSync(join(tmpdir(), "e6data-mutants-"));
  try {
    const folders = Array.from({ length: Math.min(trees, chosen.length) }, (_, index) => join(folder, `${index}`));
    for (const tree of folders) copyTree(root, tree);
    progress(`${chosen.length} breakages, ${new Set(tests.map(String)).size} tests: first without a breakage`);
    const wrong = new Set(notGreen(tests, await runTests(folders[0] ?? "", tests, greenTimeoutMs)));
    if (wrong.size > 0) throw new Remedy(`tests are red before anything is broken:\n  ${[...wrong].join("\n  ")}`);
    const started = Date.now();
    const bad = await tryAll(chosen, folders);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(`\n${chosen.length - bad} of ${chosen.length} breakages noticed, in ${seconds} s`);
    return bad === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
