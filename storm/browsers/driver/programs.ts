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
  const number = once(child.stdio[3] as Readable, "data", { signal: AbortSignal.timeout(longestStartMs) });
  const [data] = await whenReady(child, "Xvfb", number);
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
  const ended = new AbortController();
  try {
    await whenReady(child, command, answersAt(url, ended.signal));
    return programOf(child);
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

/** Waits until a program is ready; ends one that will never be. */
async function whenReady<T>(child: ChildProcess, command: string, ready: Promise<T>): Promise<T> {
  try {
    return await Promise.race([ready, endOf(child, command)]);
  } catch (error) {
    await programOf(child)[Symbol.asyncDispose]();
    throw error;
  }
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
