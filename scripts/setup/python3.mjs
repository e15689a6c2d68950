import { mustRun } from "../command.mjs";

const timeoutMs = 600_000;

/** Quiet, unattended, wheels only: nothing that a package brings is run while it is installed. */
export const pipOptions = ["-q", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:"];

/**
 * Runs Python, mostly its pip, and explains a failure in one line.
 * @param {readonly string[]} args
 * @param {string} what what is being installed
 * @param {string} otherwise what the reader can do where pip cannot be helped
 * @returns {Promise<string>}
 */
export function python3(args, what, otherwise) {
  return mustRun("python3", args, (output, code) => explain(output, code, what, otherwise), { timeoutMs });
}

/**
 * @param {string} output
 * @param {number} code
 * @param {string} what
 * @param {string} otherwise
 */
function explain(output, code, what, otherwise) {
  if (/No module named '?(pip|venv)/.test(output)) {
    return `${what} is installed by Python's pip and venv, which python3 lacks: install them (Debian: apt-get install python3-pip python3-venv), or ${otherwise}`;
  }
  if (output.includes("DO NOT MATCH THE HASHES")) {
    return `what PyPI has for ${what} is not the file that was expected: ${otherwise}`;
  }
  // Without a network pip says only that it found no such version.
  if (
    code === 124 ||
    /connection|timed out|resolve|unreachable|retries exceeded|No matching distribution/i.test(output)
  ) {
    return `${what} was not to be had from PyPI: check the network (or pip's proxy settings) and try again, or ${otherwise}`;
  }
  return `pip could not install ${what} (${output.trim().split("\n").at(-1) || "no reason given"}): ${otherwise}`;
}
