import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { GatewayError } from "./gateway-error.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running Envoy. */
export interface EnvoyProcess {
  readonly pid: number;
  /** Resolves when Envoy has ended, however it did. */
  readonly exited: Promise<Exit>;
  /** Ends Envoy: politely, and after the grace by force. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Milliseconds between SIGTERM and SIGKILL. */
const grace = 5000;

/** Starts a binary with its output in a log file. Rejects with `ENVOY_MISSING` if the system cannot run it. */
export async function startEnvoy(binary: string, args: readonly string[], logPath: string): Promise<EnvoyProcess> {
  // A file and no pipe: Envoy never waits for us to read. Detached: Ctrl-C reaches us alone, and we end it in order.
  const log = openSync(logPath, "a");
  const child = spawn(binary, args, { stdio: ["ignore", log, log], detached: true, env: {} });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await once(child, "spawn").catch((cause: unknown) => {
    throw new GatewayError("ENVOY_MISSING", `${binary} does not run on this system: set ENVOY_PATH to one that does`, {
      cause,
    });
  });
  // Should this process end without `stop`, Envoy must not stay.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(kill, grace);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Has Envoy check a configuration. Rejects with `CONFIGURATION_REFUSED` and Envoy's words. */
export async function validateConfig(binary: string, config: string, logPath: string): Promise<void> {
  const args = ["--mode", "validate", "--log-level", "error", "-c", config];
  const { code } = await (await startEnvoy(binary, args, logPath)).exited;
  if (code !== 0) {
    const words = await lastLines(logPath);
    throw new GatewayError(
      "CONFIGURATION_REFUSED",
      `${binary} refuses the configuration (exit code ${code}): ${words}`,
    );
  }
}

/** The last lines of a log as one line of text, `no output` if there are none. */
export async function lastLines(path: string, count = 3): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length === 0 ? "no output" : lines.slice(-count).join(" | ").slice(-2000);
}
