import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Outcome, PlatformName } from "../suite/behaviour.ts";
import type { Platform } from "./platform.ts";

/** Runs the suite in a process that takes orders in lines, see `serveLines`. Its arguments end with the surroundings. */
export function startProcess(name: PlatformName, command: string, args: readonly string[]): Platform {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async run(group, behaviour) {
      child.stdin.write(`${JSON.stringify({ group, name: behaviour })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended: ${JSON.stringify(await ended)}`);
      // The lines are those of `serveLines`.
      return JSON.parse(value) as Outcome;
    },
    async end() {
      child.stdin.end();
      const { code, signal } = await ended;
      if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
