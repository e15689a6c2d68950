import { fileURLToPath } from "node:url";

/**
 * How the scripts talk: one line for what is being done, one line for what went wrong. A stack trace is for those
 * who work on the scripts themselves: `E6_DEBUG=1` shows it.
 */

/** A failure that the reader can cure: its message is one line that says what is wrong and what to do. */
export class Remedy extends Error {
  /** @override */
  name = "Remedy";
}

/**
 * Says what is being done, on standard error, so that standard output stays the answer.
 * @param {string} text
 */
export function progress(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a script's main function; a failure becomes one line and a non-zero exit code.
 * @param {() => Promise<number | void>} run resolves to the exit code, 0 if it says nothing
 * @returns {Promise<void>}
 */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (process.env["E6_DEBUG"]) console.error(error);
    else progress(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * @param {string} url the `import.meta.url` of a script
 * @returns {boolean} whether that script is what Node was asked to run
 */
export function isMain(url) {
  return process.argv[1] === fileURLToPath(url);
}
