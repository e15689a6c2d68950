import { randomUUID } from "node:crypto";
import { lstat, readlink, rm, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { GatewayError } from "../gateway-error.ts";

/** Milliseconds to wait for a lock: what is done under it takes a few. */
const defaultPatience = 10_000;
/** This process, and no other that ever had its number: in a container, every program may be number 1. */
const self = `${hostname()}:${process.pid}:${randomUUID()}`;

/** Milliseconds after which a lock is a dead one's, whoever it names. */
const oldAge = 60_000;

/**
 * Runs `work` while nobody else on this lock does. The lock is a symbolic link whose target names its holder, made in one step. That of a
 * process of this host that has ended is taken over at once, any other one after a minute. A lock only keeps callers from being refused:
 * what must hold even where two believe to have it has to be made to hold otherwise. Rejects with `DEPLOYMENT_LOCKED` after `patience`
 * milliseconds, ten seconds by default.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, patience = defaultPatience): Promise<T> {
  const deadline = AbortSignal.timeout(patience);
  while (!(await take(path))) {
    const holder = await readlink(path).catch(() => undefined);
    if (holder !== undefined && (await isStale(path, holder))) {
      await release(path, holder);
    } else if (deadline.aborted) {
      throw new GatewayError(
        "DEPLOYMENT_LOCKED",
        `another change is being made by ${holder}: wait for it to end, or remove ${path} if it never will`,
      );
    } else {
      await delay(20);
    }
  }
  try {
    return await work();
  } finally {
    await release(path, self);
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await symlink(self, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) {
      return false;
    }
    throw error;
  }
}

async function release(path: string, holder: string): Promise<void> {
  // It may have been taken over meanwhile, and be somebody else's.
  if ((await readlink(path).catch(() => undefined)) === holder) {
    await rm(path, { force: true });
  }
}

async function isStale(path: string, holder: string): Promise<boolean> {
  const [host, pid] = holder.split(":");
  if (holder !== self && host === hostname() && !isAlive(Number(pid))) {
    return true;
  }
  const made = await lstat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > oldAge;
}

function isAlive(pid: number): boolean {
  // Whoever had this process's number has ended.
  if (pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, and lives.
    return !hasCode(error, "ESRCH");
  }
}

/** Whether an error is the system's of that code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
