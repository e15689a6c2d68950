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

/** Milliseconds for Envoy to look at a configuration; it needs a tenth of a second. */
const validationTimeout = 30_000;

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
  // There since `spawn`; 0 is for the types alone.
  const { pid = 0 } = child;
  endWithUs(pid, exited);
  return {
    pid,
    exited,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), grace);
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * Ends a process when this one ends, even by SIGKILL: a shell waits at the other end of a pipe, which then closes. Else
 * an Envoy would stay, on its port, with nobody to stop it.
 */
function endWithUs(pid: number, exited: Promise<unknown>): void {
  const guard = spawn("/bin/sh", ["-c", `read -r _; kill -9 ${pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Without a shell there is no guard, and all else works.
  guard.once("error", () => undefined);
  void exited.then(() => guard.kill("SIGKILL"));
}

/** Has Envoy check a configuration. Rejects with `CONFIGURATION_REFUSED` and Envoy's words, or with `TIMEOUT`. */
export async function validateConfig(binary: string, config: string, logPath: string): Promise<void> {
  const args = ["--mode", "validate", "--log-level", "error", "-c", config];
  const validation = await startEnvoy(binary, args, logPath);
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    void validation.stop();
  }, validationTimeout);
  const { code } = await validation.exited;
  clearTimeout(timer);
  if (isOverdue) {
    throw new GatewayError("TIMEOUT", `${binary} did not validate the configuration in time: is it Envoy?`);
  }
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
