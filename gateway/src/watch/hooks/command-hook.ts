import { spawn } from "node:child_process";
import { type Delivery, done, failed, type HookAttempt } from "./hook-attempt.ts";

/** A program to run. */
export interface CommandHook {
  /** It and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly folder: string;
}

/** Milliseconds between the request to end and the end. */
const grace = 1000;

/**
 * Runs a program with the event on its standard input, its name in `E6_EVENT` and its id in `E6_EVENT_ID`, for `timeout` milliseconds
 * at most; exit code 0 is success. What it writes is not kept: it may be secret. Never rejects.
 */
export function runCommandHook(
  { command, folder }: CommandHook,
  delivery: Delivery,
  timeout: number,
): Promise<HookAttempt> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, E6_EVENT: delivery.event, E6_EVENT_ID: delivery.id },
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: what it has started ends with it.
    detached: true,
  });
  let isOverdue = false;
  const timers = [
    setTimeout(() => {
      isOverdue = true;
      endGroup(child.pid, "SIGTERM");
    }, timeout),
    setTimeout(() => endGroup(child.pid, "SIGKILL"), timeout + grace),
  ];
  // A program that does not read its input is no failure.
  child.stdin.on("error", () => undefined);
  child.stdin.end(delivery.body);
  return new Promise<HookAttempt>((resolve) => {
    child.once("error", (error) => resolve(failed(`it cannot be started (${codeOf(error)})`, false)));
    child.once("exit", (code, signal) => {
      if (isOverdue) {
        endGroup(child.pid, "SIGKILL");
      }
      resolve(endOf(code, signal, isOverdue, timeout));
    });
  }).finally(() => timers.forEach(clearTimeout));
}

function endOf(code: number | null, signal: string | null, isOverdue: boolean, timeout: number): HookAttempt {
  if (isOverdue) {
    return failed(`it did not end within ${timeout} ms`, true);
  }
  return code === 0 ? done : failed(`it ended ${code === null ? `by ${signal}` : `with exit code ${code}`}`, true);
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, signal);
    }
  } catch {
    // It has ended meanwhile.
  }
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.name;
}
