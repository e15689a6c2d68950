import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Subject } from "./measure.ts";

/** A process that reads a result and measures itself: a line that names a way to read gets a line with the milliseconds and the rows seen. */
export interface ReadingProcess {
  subject(name: string, way: string): Subject;
}

/**
 * Starts one, which signs in and waits, so that starting it counts for nothing. Each reading has to see `rowCount` rows. Ends with `parts`.
 */
export function startReadingProcess(
  parts: AsyncDisposableStack,
  command: string,
  args: readonly string[],
  rowCount: number,
): ReadingProcess {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, "exit");
  // Where it cannot be started, or has ended, its answer is what is missed.
  exit.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  parts.defer(async () => {
    child.stdin.end();
    await exit.catch(() => undefined);
  });
  return {
    subject: (name, way) => ({
      name,
      measure: async () => {
        child.stdin.write(`${way}\n`);
        const { value, done } = await answers.next();
        const [milliseconds, rows] = done ? [] : value.split(" ").map(Number);
        if (milliseconds === undefined || rows !== rowCount) throw new Error(`${name}: not all rows were read`);
        return milliseconds;
      },
    }),
  };
}
