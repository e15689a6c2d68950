import { spawn } from "node:child_process";
import { Remedy } from "./report.mjs";

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {number} [timeoutMs] the command and its children are ended after this time; default: 30 minutes
 * @property {boolean} [quiet] keep the output back; it is in the result either way
 */

/**
 * @typedef {object} CommandResult
 * @property {number} code the exit code; 124 if the time ran out, 127 if there is no such command
 * @property {string} output standard output and standard error, as they came
 */

/**
 * Runs a command to its end. Never rejects: what went wrong is in the code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, { cwd, env, timeoutMs = 1_800_000, quiet = false } = {}) {
  return new Promise((resolve) => {
    // A process group of its own, so that a time-out ends the children of the command too.
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    let timedOut = false;
    const end = () => killGroup(child.pid);
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    const interrupts = /** @type {const} */ (["SIGINT", "SIGTERM"]);
    for (const signal of interrupts) process.once(signal, end);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (!quiet) process.stderr.write(text);
      });
    }
    /** @param {number} code */
    const settle = (code) => {
      clearTimeout(timer);
      for (const signal of interrupts) process.off(signal, end);
      resolve({ code, output });
    };
    child.once("error", (error) => settle("code" in error && error.code === "ENOENT" ? 127 : 126));
    child.once("close", (code) => settle(timedOut ? 124 : (code ?? 1)));
  });
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already: that is what we want.
  }
}

/**
 * Runs a command that has to succeed. Its output is its own business: `tell` decides what the reader gets of it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(output: string, code: number) => string} tell what went wrong and what to do, in one line; it may print more before
 * @param {CommandOptions} [options]
 * @returns {Promise<string>} the output
 */
export async function mustRun(command, args, tell, options = {}) {
  const { code, output } = await runCommand(command, args, { quiet: true, ...options });
  if (code === 0) return output;
  if (process.env["E6_DEBUG"]) process.stderr.write(output);
  throw new Remedy(code === 127 ? `there is no command ${command}: install it and try again` : tell(output, code));
}

/**
 * For a command whose output is for the reader, such as a compiler's: prints it, then the line.
 * @param {string} line
 * @returns {(output: string) => string}
 */
export function afterOutput(line) {
  return (output) => {
    process.stderr.write(output);
    return line;
  };
}
