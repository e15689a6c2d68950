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

/** What passes by itself: there are too many programs or files, or too little memory. */
const passing = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);

/**
 * Runs a program with the event on its standard input, its name in `E6_EVENT` and its id in `E6_EVENT_ID`, for `timeout` milliseconds
 * at most, or until `stop` is given; exit code 0 is success. What it writes is not kept: it may be secret. Never rejects.
 */
export async function runCommandHook(
  hook: CommandHook,
  delivery: Delivery,
  timeout: number,
  stop?: AbortSignal,
): Promise<HookAttempt> {
  try {
    return await run(hook, delivery, timeout, stop);
  } catch (error) {
    const code = codeOf(error);
    return failed(`it cannot be started (${code})`, passing.has(code));
  }
}

/** Rejects where there is no such program: some errors of the system `spawn` throws, others it tells of later. */
async function run(
  { command, folder }: CommandHook,
  delivery: Delivery,
  timeout: number,
  stop: AbortSignal | undefined,
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
  const kill = () => endGroup(child.pid, "SIGKILL");
  const timers = [
    setTimeout(() => {
      isOverdue = true;
      endGroup(child.pid, "SIGTERM");
    }, timeout),
    setTimeout(kill, timeout + grace),
  ];
  stop?.addEventListener("abort", kill);
  const ended = new Promise<HookAttempt>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (isOverdue) {
        kill();
      }
      resolve(endOf(code, signal, isOverdue, timeout));
    });
  });
  // A program that does not read its input is no failure. Where no file could be opened, there is none.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(delivery.body);
  return ended.finally(() => {
    timers.forEach(clearTimeout);
    stop?.removeEventListener("abort", kill);
  });
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

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
