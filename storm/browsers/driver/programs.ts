import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Readable } from "node:stream";

/** A program that runs beside a test. */
export interface Program extends AsyncDisposable {
  readonly pid: number | undefined;
}

/** A display that nobody sees, as X names it. */
export interface Display extends Program {
  readonly name: string;
}

const longestStartMs = 20_000;

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
): Promise<Program> {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...env } });
  const program = programOf(child);
  try {
    await Promise.race([answersAt(url), endOf(child, command)]);
    return program;
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
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

async function answersAt(url: string): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < longestStartMs) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
  }
  throw new Error(`nobody answers at ${url}`);
}

async function endOf(child: ChildProcess, command: string): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`${command} ended before it was ready (${code})`);
}

function programOf(child: ChildProcess): Program {
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
