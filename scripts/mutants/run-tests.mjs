import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../command.mjs";
import { nodePath, toolEnvironment } from "../setup/node.mjs";
import { projectOf, runnerOf, titlePattern } from "./mutant.mjs";

/** @typedef {import("./mutant.mjs").NamedTest} NamedTest */

/**
 * What became of one test, or of one case of it.
 * @typedef {object} Outcome
 * @property {string} file from the root of the tree
 * @property {string} title as Vitest has filled it in
 * @property {boolean} passed
 * @property {string} failure why it failed; empty if it passed
 */

/**
 * The part of Vitest's report that is read here.
 * @typedef {object} Report
 * @property {readonly { readonly name: string, readonly message: string, readonly assertionResults: readonly { readonly title: string,
 *   readonly status: string, readonly failureMessages: readonly string[] }[] }[]} testResults
 */

/**
 * Runs tests in a tree, one project after the other. What was skipped is not told.
 * @param {string} tree
 * @param {readonly NamedTest[]} tests
 * @param {number} timeoutMs for each project
 * @returns {Promise<Outcome[]>}
 */
export async function runTests(tree, tests, timeoutMs) {
  const outcomes = [];
  for (const project of new Set(tests.map(([file]) => projectOf(file)))) {
    const ofProject = tests.filter(([file]) => projectOf(file) === project);
    outcomes.push(...(await runProject(tree, project, ofProject, timeoutMs)));
  }
  return outcomes;
}

/**
 * @param {string} tree
 * @param {string} project
 * @param {readonly NamedTest[]} tests
 * @param {number} timeoutMs
 */
async function runProject(tree, project, tests, timeoutMs) {
  const report = join(tree, "node_modules/.report.json");
  rmSync(report, { force: true });
  const files = [...new Set(tests.map(([file]) => runnerOf(file)))];
  const pattern = [...new Set(tests.map(([, title]) => titlePattern(title)))].join("|");
  const { code, output } = await runCommand(
    nodePath(),
    [
      join(tree, "node_modules/vitest/vitest.mjs"),
      ...["run", "--project", project, "--maxWorkers=1", "--testNamePattern", `(${pattern})$`],
      ...["--reporter=json", `--outputFile=${report}`, ...files],
    ],
    { cwd: tree, env: toolEnvironment(), timeoutMs, quiet: true },
  );
  if (existsSync(report)) return readReport(JSON.parse(readFileSync(report, "utf8")), tree);
  throw new Error(`vitest made no report (exit code ${code}): ${output.trim().split("\n").at(-1)}`);
}

/**
 * @param {Report} report
 * @param {string} tree
 * @returns {Outcome[]}
 */
export function readReport({ testResults }, tree) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = name.slice(tree.length).replace(/^\/+/, "");
    if (assertionResults.length === 0) return [{ file, title: "", passed: false, failure: message }];
    return assertionResults
      .filter(({ status }) => status === "passed" || status === "failed")
      .map(({ title, status, failureMessages }) => ({
        file,
        title,
        passed: status === "passed",
        failure: failureMessages.join("\n"),
      }));
  });
}
