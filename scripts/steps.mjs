import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.mjs";
import { progress } from "./report.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * One check of `npm test` or `npm run check`. A step whose command writes a report counts that report's tests,
 * another counts as one test of its own.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 * @property {"vitest" | "playwright"} [report]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} timeoutMs
 */

/** @typedef {Step & { count: Count, seconds: number, ok: boolean }} StepResult */

const reports = join(root, ".cache/reports");

/** @param {Step} step */
function reportFile(step) {
  return join(reports, `${step.name.replaceAll(" ", "-")}.json`);
}

/**
 * How the runner is told where to write its report: Vitest by arguments, Playwright by the environment.
 * @param {Step} step
 * @returns {{ args: readonly string[], env: NodeJS.ProcessEnv }}
 */
function reportSettings(step) {
  if (step.report === "vitest") return { args: ["--reporter=json", `--outputFile.json=${reportFile(step)}`], env: {} };
  if (step.report === "playwright") return { args: [], env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile(step) } };
  return { args: [], env: {} };
}

/**
 * @param {string} file
 * @param {"vitest" | "playwright"} kind
 * @returns {Count | undefined} nothing, if the runner died before it could report
 */
function readReport(file, kind) {
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, "utf8"));
  if (kind === "playwright") {
    const { expected, unexpected, flaky, skipped } = report.stats;
    // A test that passed at its second try is broken: see CONTRIBUTING.md.
    return { passed: expected, failed: unexpected + flaky, skipped };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/**
 * @param {Step} step
 * @param {boolean} ok whether the command itself was content
 * @returns {Count}
 */
function countOf(step, ok) {
  const own = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (step.report === undefined) return own;
  const counted = readReport(reportFile(step), step.report);
  if (counted === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // A runner that fails without a failed test (a file that does not load, an unhandled error) is a failure too,
  // and one that found no test at all has checked nothing.
  if ((!ok || counted.passed === 0) && counted.failed === 0) return { ...counted, failed: 1 };
  return counted;
}

/**
 * @param {Step} step
 * @returns {Promise<StepResult>}
 */
async function runStep(step) {
  progress(`\n── ${step.name}`);
  rmSync(reportFile(step), { force: true });
  const started = Date.now();
  const report = reportSettings(step);
  const { code } = await runCommand(step.command, [...step.args, ...report.args], {
    cwd: root,
    env: { ...toolEnvironment(), ...step.env, ...report.env },
    timeoutMs: step.timeoutMs,
  });
  if (code === 124) progress(`${step.name}: ended after ${step.timeoutMs / 1000} s, its limit`);
  const count = countOf(step, code === 0);
  return { ...step, count, seconds: (Date.now() - started) / 1000, ok: count.failed === 0 };
}

/**
 * Runs every step, also after one has failed, and prints one summary.
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} the exit code
 */
export async function runSteps(steps) {
  mkdirSync(reports, { recursive: true });
  const results = [];
  for (const step of steps) results.push(await runStep(step));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  console.log("");
  for (const { name, count, seconds, ok } of results) {
    for (const key of /** @type {const} */ (["passed", "failed", "skipped"])) sum[key] += count[key];
    console.log(
      `${ok ? "ok  " : "FAIL"} ${name.padEnd(26)} ${String(count.passed).padStart(5)} ${seconds.toFixed(1).padStart(7)} s`,
    );
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`);
  return sum.failed === 0 ? 0 : 1;
}
