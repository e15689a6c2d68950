import { execFile } from "node:child_process";

/** How a program ended, and what it said. */
export interface Outcome {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Milliseconds for a program to end. */
const timeout = 30_000;

/** Runs a program to its end. Rejects only if it cannot be run, or does not end. */
export function runProgram(path: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(path, args, { timeout }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, output: stdout + stderr });
      else reject(error ?? new Error(`${path} did not end`));
    });
  });
}
