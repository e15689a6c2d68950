/**
 * A test by its file and its title as that stands in the source; of a title with many cases, the text that tells the one meant.
 * @typedef {readonly [file: string, title: string, which?: string]} NamedTest
 */

/**
 * One breakage of the client, and the tests that have to notice it.
 * @typedef {object} Mutant
 * @property {readonly string[]} rows the rows of docs/zero-downtime.md whose tests it shows to be worth something
 * @property {string} what how the client is wrong with it
 * @property {string} file
 * @property {string} find occurs exactly once in the file
 * @property {string} replace
 * @property {readonly NamedTest[]} tests all of them have to fail
 */

/**
 * What is wrong with a breakage itself: its text is not there exactly once, so that it breaks nothing, or not only what it says.
 * @param {Mutant} mutant
 * @param {string} source what its file holds
 * @returns {string | undefined} nothing if it can be applied
 */
export function staleness({ file, find, replace }, source) {
  const count = source.split(find).length - 1;
  if (count !== 1) return `${file} holds the text to be replaced ${count} times: ${find}`;
  return find === replace ? "replaces a text by itself" : undefined;
}

/**
 * Tests that many files run, and one of these.
 * @type {Readonly<Record<string, string>>}
 */
const suites = {
  "client/test/store-suite.ts": "client/src/store/shared-store.test.ts",
  "storm/browsers/core-suite.ts": "storm/browsers/chromium-tabs.road.test.ts",
};

/**
 * The file that runs the tests of a file: itself, unless that is a suite.
 * @param {string} file
 */
export function runnerOf(file) {
  return suites[file] ?? file;
}

/**
 * The project of vitest.config.ts that runs a file.
 * @param {string} file
 */
export function projectOf(file) {
  if (runnerOf(file).includes(".road.test.")) return "road";
  return file.includes(".browser.test.") ? "chromium" : "node";
}

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * The source of an expression for the titles that a title of the source stands for: `%s` and the like are filled in by Vitest.
 * @param {string} title
 */
export function titlePattern(title) {
  return title
    .split(/%[sdifjoOc#%]|\$[\w.]+/)
    .map(escaped)
    .join(".*");
}
