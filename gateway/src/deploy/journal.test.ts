import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { announced, testJournalParts, toggled } from "../../test/test-journal.ts";
import { type DeploymentFiles, deploymentFiles, recordPath } from "./deployment-files.ts";
import { Journal, type JournalParts, journalSteps } from "./journal.ts";

const program = fileURLToPath(new URL("../../test/kill-at-step.ts", import.meta.url));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "journal-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const journalIn = (folder: string, parts: Partial<JournalParts> = {}) =>
  new Journal(deploymentFiles(folder), { ...testJournalParts, ...parts });

/** Runs the program, and tells how it has ended. */
async function run(folder: string, step: string): Promise<unknown> {
  const child = spawn(process.execPath, ["--conditions=e6data-source", program, folder, step], { stdio: "inherit" });
  const [code, signal] = await once(child, "exit");
  return signal ?? code;
}

/** What is there besides the history: each file by its content. */
async function contents({ state, routes, folder, unfinished }: DeploymentFiles): Promise<object> {
  return {
    state: JSON.parse(await readFile(state, "utf8")).version,
    routes: await readFile(routes, "utf8"),
    files: (await readdir(folder)).toSorted(),
    unfinished: await readdir(unfinished),
  };
}

const complete = (version: number, stack: string) => ({
  state: version,
  routes: `${version} ${stack}`,
  files: ["history", "routes", "state.json", "unfinished"],
  unfinished: [],
});

describe("Journal", () => {
  it("begins with the first state, and reads nothing before", async () => {
    const journal = journalIn(await newFolder());
    expect(await journal.read()).toBeUndefined();
    const { before, state } = await journal.change(announced);
    expect([before.version, state.version]).toEqual([1, 2]);
    expect(await journal.read()).toEqual(state);
    expect(await journal.history(10)).toEqual([state, before]);
    expect(await journal.history(1)).toEqual([state]);
    expect(await contents(journal.files)).toEqual(complete(2, "green"));
  });

  it.each(journalSteps)("holds the old state or the new one where its process is killed: %s", async (step) => {
    const folder = await newFolder();
    const journal = journalIn(folder);
    await journal.change(() => undefined);
    expect(await run(folder, step)).toBe("SIGKILL");
    const isOld = step === "locked" || step === "record written";
    const after = await journal.read();
    expect(after).toMatchObject(isOld ? { version: 1, change: { verb: "begin" } } : { version: 2, announced: "green" });
    // Whoever comes next takes the dead one's lock over, and finishes what it had begun.
    await journal.change(announced);
    expect(await journal.read()).toMatchObject({ version: 2, announced: "green" });
    expect(await contents(journal.files)).toEqual(complete(2, "green"));
    expect((await journal.history(10)).map(({ version }) => version)).toEqual([2, 1]);
  });

  it.each([
    ["locked", undefined],
    ["record written", undefined],
    // The first state is a change of its own.
    ["record named", 1],
    ["state replaced", 2],
  ])("begins whole where the first change of all is killed: %s", async (step, version) => {
    const folder = await newFolder();
    expect(await run(folder, step)).toBe("SIGKILL");
    const journal = journalIn(folder);
    expect((await journal.read())?.version).toBe(version);
    await journal.change(announced);
    expect(await contents(journal.files)).toEqual(complete(2, "green"));
  });

  it("loses no change of processes that run at once", async () => {
    const folder = await newFolder();
    expect(await Promise.all([run(folder, "15"), run(folder, "15"), run(folder, "15")])).toEqual([0, 0, 0]);
    const journal = journalIn(folder);
    const versions = (await journal.history(100)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 46 }, (_, index) => 46 - index));
    expect(await contents(journal.files)).toEqual(complete(46, "green"));
  });

  it("lets one of two win where the lock has failed", async () => {
    const folder = await newFolder();
    const other = journalIn(folder);
    await other.change(() => undefined);
    const slow = journalIn(folder, {
      onStep: async (step) => {
        if (step === "record written") {
          await rm(other.files.lock);
          await other.change(announced);
        }
      },
    });
    await expect(slow.change(toggled)).rejects.toMatchObject({ code: "DEPLOYMENT_LOCKED" });
    expect((await other.read())?.version).toBe(2);
    expect(await contents(other.files)).toEqual(complete(2, "green"));
  });

  it("gives no version twice", async () => {
    const folder = await newFolder();
    const { files } = journalIn(folder);
    await journalIn(folder).change(() => undefined);
    const first = await readFile(recordPath(files, 1), "utf8");
    const theirs = first.replace('"version": 1', '"version": 2');
    const slow = journalIn(folder, {
      onStep: async (step) => {
        if (step === "record written") await writeFile(recordPath(files, 2), theirs);
      },
    });
    await expect(slow.change(announced)).rejects.toMatchObject({ code: "DEPLOYMENT_LOCKED" });
    expect(await readFile(recordPath(files, 2), "utf8")).toBe(theirs);
  });

  it("leaves no older routes behind where the lock has failed", async () => {
    const folder = await newFolder();
    const other = journalIn(folder);
    let isOvertaken = false;
    const slow = journalIn(folder, {
      onStep: async (step) => {
        if (step === "state replaced" && !isOvertaken) {
          isOvertaken = true;
          await rm(other.files.lock);
          await other.change(toggled);
        }
      },
    });
    await slow.change(announced);
    expect(await contents(other.files)).toMatchObject({ state: 3, routes: "3 none" });
  });

  it("holds the change where the routes cannot be handed on, and tries again", async () => {
    const folder = await newFolder();
    const journal = journalIn(folder, { handOn: () => Promise.reject(new Error("no way")) });
    await expect(journal.change(announced)).rejects.toThrow("no way");
    const handedOn: string[] = [];
    const next = journalIn(folder, {
      handOn: async (path) => {
        handedOn.push(await readFile(path, "utf8"));
      },
    });
    expect((await next.change(announced)).state.version).toBe(2);
    expect(handedOn).toEqual(["2 green"]);
  });

  it("keeps five hundred states", async () => {
    const folder = await newFolder();
    const journal = journalIn(folder);
    await journal.change(() => undefined);
    const first = recordPath(journal.files, 1);
    const state = await journal.record(1);
    await writeFile(recordPath(journal.files, 500), JSON.stringify({ format: 1, ...state, version: 500 }));
    await writeFile(journal.files.state, JSON.stringify({ format: 1, ...state, version: 500 }));
    await journal.change(toggled);
    await expect(readFile(first)).rejects.toThrow("ENOENT");
    expect((await journal.history(10)).map(({ version }) => version)).toEqual([501, 500]);
  });

  it("reads what held last from the history, should the state file be lost", async () => {
    const journal = journalIn(await newFolder());
    await journal.change(announced);
    await rm(journal.files.state);
    await rm(recordPath(journal.files, 1));
    expect((await journal.read())?.version).toBe(2);
    await journal.change(toggled);
    expect(await contents(journal.files)).toMatchObject({ state: 3, routes: "3 none" });
  });

  it("is no deployment where a file is not a whole state", async () => {
    const folder = await newFolder();
    const journal = journalIn(folder);
    await journal.change(announced);
    await writeFile(journal.files.state, '{ "format": 1');
    const broken = { code: "DEPLOYMENT_BROKEN", message: expect.stringContaining(journal.files.state) };
    await expect(journal.read()).rejects.toMatchObject(broken);
    await expect(journal.change(toggled)).rejects.toMatchObject(broken);
  });

  it("goes on without an old record that is broken, and does not advise to take the state back to it", async () => {
    const journal = journalIn(await newFolder());
    await journal.change(announced);
    await writeFile(recordPath(journal.files, 1), "{");
    await expect(journal.record(1)).rejects.toThrow(
      /1\.json: .*; the deployment goes on without it: take it out of history\/$/,
    );
    expect((await journal.change(toggled)).state.version).toBe(3);
    await writeFile(recordPath(journal.files, 3), "{");
    await rm(journal.files.state);
    await expect(journal.read()).rejects.toThrow("put the newest good file of history/ in the state's place");
  });
});
