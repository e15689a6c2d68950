import { spawn } from "node:child_process";
import { once } from "node:events";
import { lutimes, mkdtemp, readlink, rm, symlink } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { withLock } from "./lock.ts";

let path: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "lock-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  path = join(folder, "lock");
});

const done = () => Promise.resolve("done");

describe("withLock()", () => {
  it("lets one in at a time, and leaves nothing", async () => {
    let inside = 0;
    const seen: number[] = [];
    const work = () =>
      withLock(path, async () => {
        seen.push(++inside);
        await readlink(path);
        inside -= 1;
      });
    await Promise.all([work(), work(), work()]);
    expect(seen).toEqual([1, 1, 1]);
    await expect(readlink(path)).rejects.toThrow("ENOENT");
  });

  it("is free again after a failure", async () => {
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(path, done)).toBe("done");
  });

  it("names who has it, to those who lose patience", async () => {
    await symlink("elsewhere:12:x", path);
    await expect(withLock(path, done, 0)).rejects.toMatchObject({
      code: "DEPLOYMENT_LOCKED",
      message: expect.stringContaining("by elsewhere:12:x"),
    });
    expect(await readlink(path)).toBe("elsewhere:12:x");
  });

  it("waits for a process of this host that lives", async () => {
    await symlink(`${hostname()}:1:x`, path);
    await expect(withLock(path, done, 0)).rejects.toMatchObject({ code: "DEPLOYMENT_LOCKED" });
  });

  it("takes over from a process of this host that has ended", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    await symlink(`${hostname()}:${child.pid}:x`, path);
    expect(await withLock(path, done, 0)).toBe("done");
  });

  it("takes over from one that had this process's number", async () => {
    await symlink(`${hostname()}:${process.pid}:x`, path);
    expect(await withLock(path, done, 0)).toBe("done");
  });

  it("takes over what is older than any change", async () => {
    await symlink("elsewhere:12:x", path);
    const old = Date.now() / 1000 - 61;
    await lutimes(path, old, old);
    expect(await withLock(path, done, 0)).toBe("done");
  });

  it("leaves the lock of who has taken over", async () => {
    await withLock(path, async () => {
      await rm(path);
      await symlink("elsewhere:12:x", path);
    });
    expect(await readlink(path)).toBe("elsewhere:12:x");
  });
});
