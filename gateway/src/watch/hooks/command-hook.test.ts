import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandHook } from "./command-hook.ts";

const delivery = { id: "evt_1", event: "failed", body: '{"event":"failed"}' };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "command-hook-test-"));
});

afterAll(() => rm(folder, { recursive: true }));

const run = (script: string, timeout = 20_000) =>
  runCommandHook({ command: ["/bin/sh", "-c", script, "very-secret"], folder }, delivery, timeout);

describe("runCommandHook()", () => {
  it("gives the event to the program's standard input, in the configuration's folder", async () => {
    expect(await run('(cat; echo " $E6_EVENT $E6_EVENT_ID") > told')).toEqual({ isDone: true });
    expect(await readFile(join(folder, "told"), "utf8")).toBe('{"event":"failed"} failed evt_1\n');
  });

  it("takes no harm from a program that does not listen", async () => {
    const large = { ...delivery, body: "x".repeat(10_000_000) };
    expect(await runCommandHook({ command: ["/bin/true"], folder }, large, 20_000)).toEqual({ isDone: true });
  });

  it("says how a program failed, and none of its words", async () => {
    expect(await run("echo very-secret; echo very-secret >&2; exit 7")).toEqual({
      isDone: false,
      problem: "it ended with exit code 7",
      canRepeat: true,
    });
    expect(await run("kill -9 $$")).toMatchObject({ problem: "it ended by SIGKILL" });
  });

  it("says that there is no such program, which trying again would not change", async () => {
    const attempt = await runCommandHook({ command: ["/none/very-secret"], folder }, delivery, 20_000);
    expect(attempt).toEqual({ isDone: false, problem: "it cannot be started (ENOENT)", canRepeat: false });
  });

  it("says so too where the system refuses at once", async () => {
    // A file where a folder should be.
    const attempt = await runCommandHook({ command: ["/bin/sh/very-secret"], folder }, delivery, 20_000);
    expect(attempt).toEqual({ isDone: false, problem: "it cannot be started (ENOTDIR)", canRepeat: false });
  });

  it("ends a program that takes too long, and all that it has started", async () => {
    execFileSync("mkfifo", [join(folder, "alive")]);
    // Its end is read once nobody can write any more: neither the program nor what it has started.
    const ended = readFile(join(folder, "alive"));
    const attempt = await run("(trap '' TERM; exec 3>alive; sleep 600) & wait", 300);
    expect(attempt).toEqual({ isDone: false, problem: "it did not end within 300 ms", canRepeat: true });
    await ended;
  });
});
