import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

/** A display that nobody sees. */
export interface Display extends AsyncDisposable {
  /** As X names it. */
  readonly name: string;
}

const longestStartMs = 20_000;
const askAgainMs = 20;

/** Starts the X server in memory on a display that is free. */
export async function startDisplay(): Promise<Display> {
  // It tells by a descriptor of ours which one it has taken, and ends with its last window should nobody end it.
  const args = ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-terminate"];
  const child = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  // The fourth descriptor is a pipe to read from: so it was asked for.
  const number = once(child.stdio[3] as Readable, "data");
  const [data] = await Promise.race([number, endOf(child, "Xvfb")]);
  return { ...programOf(child), name: `:${String(data).trim()}` };
}

/** Starts a program and waits until it answers at `url`. */
export async function startProgram(
  command: string,
  args: readonly string[],
  url: string,
  env: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...env } });
  const program = programOf(child);
  const ended = new AbortController();
  try {
    await Promise.race([answersAt(url, ended.signal), endOf(child, command)]);
    return program;
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  } finally {
    ended.abort();
  }
}

/** A port of 127.0.0.1 that nobody had a moment ago: for a program that cannot choose one by itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // It listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answersAt(url: string, ended: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(longestStartMs)]);
  while (!signal.aborted) {
    const isThere = await fetch(url, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    // Whoever asks without a breath keeps the program from starting.
    await setTimeout(askAgainMs);
  }
  throw new Error(`nobody answers at ${url}`);
}

async function endOf(child: ChildProcess, command: string): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`${command} ended before it was ready (${code})`);
}

function programOf(child: ChildProcess): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      // It may never have begun.
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
