import { parseArgs } from "node:util";
import { Remedy } from "./report.mjs";

/**
 * Reads a command line. What it does not know is refused in one line: Node's own explanations are several.
 * @template {import("node:util").ParseArgsOptionsConfig} T
 * @param {T} options
 * @param {readonly string[]} [args]
 * @param {string} [more] what the line ends with
 */
export function readArguments(options, args = process.argv.slice(2), more = "") {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Remedy(`${text.split(/\.(\s|$)/, 1)[0]}${more}`);
  }
}
