import { runnerOf, titlePattern } from "./mutant.mjs";

/** @typedef {import("./mutant.mjs").Mutant} Mutant */
/** @typedef {import("./mutant.mjs").NamedTest} NamedTest */
/** @typedef {import("./run-tests.mjs").Outcome} Outcome */

/** A program that is no program any more proves nothing of its tests. */
const nonsense =
  /is not defined|is not a function|is not iterable|Cannot (read|access)|SyntaxError|Unexpected token|Transform failed/;
const timeOut = /^(\w*Error: )?(Test|Hook) timed out/;

/**
 * The outcomes of a named test: one, or one of each case.
 * @param {NamedTest} test
 * @param {readonly Outcome[]} outcomes
 */
function outcomesOf([file, title, which = ""], outcomes) {
  const pattern = new RegExp(`^${titlePattern(title)}$`);
  return outcomes.filter(
    (outcome) => outcome.file === runnerOf(file) && pattern.test(outcome.title) && outcome.title.includes(which),
  );
}

/**
 * Why tests that should be green are not.
 * @param {readonly NamedTest[]} tests
 * @param {readonly Outcome[]} outcomes
 * @returns {string[]} a line for each test that is not there or fails
 */
export function notGreen(tests, outcomes) {
  const broken = outcomes.filter(doesNotLoad);
  if (broken.length > 0) return broken.map(loadFailure);
  return tests.flatMap((test) => {
    const found = outcomesOf(test, outcomes);
    const failed = found.find(({ passed }) => !passed);
    if (found.length === 0) return [`did not run: ${test.join(", ")}`];
    return failed === undefined ? [] : [`fails: ${test.join(", ")}: ${firstLine(failed.failure)}`];
  });
}

/**
 * Why the tests of a breakage have not shown what they are worth.
 * @param {Mutant} mutant
 * @param {readonly Outcome[]} outcomes
 * @returns {string[]} a line for each test that did not notice, or failed for want of a program; none: all is well
 */
export function notRed({ tests }, outcomes) {
  const broken = outcomes.find(doesNotLoad);
  if (broken !== undefined) return [loadFailure(broken)];
  return tests.flatMap((test) => {
    const found = outcomesOf(test, outcomes);
    const failures = found.filter(({ passed }) => !passed).map(({ failure }) => failure);
    const name = test.join(", ");
    if (found.length === 0) return [`did not run: ${name}`];
    if (failures.length === 0) return [`did not notice: ${name}`];
    if (failures.every((failure) => nonsense.test(firstLine(failure)))) {
      return [`is no program any more: ${name}: ${firstLine(failures[0])}`];
    }
    return failures.every((failure) => timeOut.test(failure)) ? [`compares nothing, but waits in vain: ${name}`] : [];
  });
}

/** @param {Outcome} outcome */
const doesNotLoad = ({ title, failure }) => title === "" && failure !== "";
/** @param {Outcome} outcome */
const loadFailure = ({ file, failure }) => `does not load: ${file}: ${firstLine(failure)}`;
/** @param {string | undefined} text */
const firstLine = (text = "") => text.split("\n", 1)[0] ?? "";
