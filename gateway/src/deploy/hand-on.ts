import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { GatewayError } from "../gateway-error.ts";

/** Milliseconds for the program that hands routes on. The lock of a change is held meanwhile: others give up after ten seconds. */
const timeLimit = 30_000;

const run = promisify(execFile);

/**
 * Runs the program that hands the route file on to gateways that watch another place; its path is the last argument. Nothing to run:
 * nothing is done. Rejects with `HAND_ON_FAILED`.
 */
export async function handOn(command: readonly string[] | undefined, path: string): Promise<void> {
  const [program, ...args] = command ?? [];
  if (program === undefined) {
    return;
  }
  try {
    await run(program, [...args, path], { timeout: timeLimit, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 });
  } catch (cause) {
    throw new GatewayError("HAND_ON_FAILED", `${program} has not handed the routes on: ${problem(cause)}`, { cause });
  }
}

/** Of the program's own words the last line: its arguments may hold what nobody else is to read. */
function problem(cause: unknown): string {
  const words = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
  const code = cause instanceof Error && "code" in cause ? String(cause.code ?? "none") : "none";
  const last = words.split("\n").at(-1) ?? "";
  return `exit code ${code}${last === "" ? "" : `, ${last.slice(0, 500)}`}. The change is made: repeat it to try again`;
}
