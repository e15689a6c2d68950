import { createServer } from "node:net";
import type { PortWish } from "./command-line.ts";
import { InputError } from "./input-error.ts";
import { listen } from "./listen.ts";

/** How far a port that nobody asked for gives way. */
const maxSteps = 50;

/** Settles the ports of a mock: those that were asked for as they are, the others the next free one. */
export async function settlePorts(wishes: readonly PortWish[]): Promise<Record<PortWish["key"], number>> {
  const settled = new Map<PortWish["key"], number>();
  for (const wish of wishes.toSorted((a, b) => Number(b.asked) - Number(a.asked))) {
    settled.set(wish.key, wish.asked ? await assertFree(wish) : await nextFree(wish, [...settled.values()]));
  }
  const port = (key: PortWish["key"]): number => settled.get(key) ?? 0;
  return { bluePort: port("bluePort"), greenPort: port("greenPort"), controlPort: port("controlPort") };
}

async function assertFree({ port, option }: PortWish): Promise<number> {
  if (port !== 0 && !(await isFree(port))) {
    throw new InputError(`Port ${port} of 127.0.0.1 is taken: stop what listens there, or choose another ${option}`);
  }
  return port;
}

async function nextFree({ port: first, option }: PortWish, taken: readonly number[]): Promise<number> {
  for (let port = first; port < first + maxSteps; port += 1) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new InputError(`No port from ${first} to ${first + maxSteps - 1} is free: choose another ${option}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
    return true;
  } catch (reason) {
    if (reason instanceof InputError) return false;
    throw reason;
  } finally {
    server.close();
  }
}
