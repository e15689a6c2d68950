import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./workspace.mjs";

/** A checkout whose packages were installed by hand, for another lock file, on a machine where npm only notes that it was called. */
let checkout = "";

/** @param {object} packages */
const lockOf = (packages) => JSON.stringify({ lockfileVersion: 3, packages });

const locked = {
  "": { name: "workspace" },
  gateway: { version: "1.0.0" },
  "node_modules/gateway": { resolved: "gateway", link: true },
  "node_modules/one": { version: "1.0.0", integrity: "sha512-one" },
  "node_modules/for-others": { version: "1.0.0", integrity: "sha512-others", optional: true },
  "node_modules/for-tests": { version: "1.0.0", integrity: "sha512-tests", dev: true },
  "node_modules/for-some-tests": { version: "1.0.0", integrity: "sha512-some", devOptional: true },
};
const { "": _, "node_modules/for-others": __, ...installed } = locked;
const { "node_modules/for-tests": tests, "node_modules/for-some-tests": ___, ...withoutDev } = installed;
const otherTests = { ...tests, integrity: "sha512-else" };

/** @param {object} packages */
const install = (packages) => writeFile(join(checkout, "node_modules/.package-lock.json"), lockOf(packages));

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "run-part-test-"));
  await cp(join(root, "scripts"), join(checkout, "scripts"), { recursive: true });
  await symlink(join(root, "gateway"), join(checkout, "gateway"));
  await symlink(join(root, "mock"), join(checkout, "mock"));
  await writeFile(join(checkout, "package-lock.json"), lockOf(locked));
  await mkdir(join(checkout, "node_modules"));
  await install({ ...installed, "node_modules/one": { version: "0.9.0", integrity: "sha512-zero" } });
  await mkdir(join(checkout, "bin"));
  await writeFile(join(checkout, "bin/npm"), `#!/bin/sh\ntouch '${checkout}/installed'\nexit 1\n`, { mode: 0o755 });
});

afterEach(() => rm(checkout, { recursive: true }));

/**
 * Runs a part to its end.
 * @param {readonly string[]} args
 */
async function runPart(...args) {
  const child = spawn(process.execPath, [join(checkout, "scripts/run-part.mjs"), ...args], {
    env: { ...process.env, PATH: [join(checkout, "bin"), process.env["PATH"]].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], output, errors] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
}

const hasInstalled = () =>
  access(join(checkout, "installed")).then(
    () => true,
    () => false,
  );

describe("npm run deploy", () => {
  it("goes on with the packages that are there: a rollback waits for no installation", async () => {
    const { code, output, errors } = await runPart("deploy", "--help");
    expect([code, await hasInstalled()]).toEqual([0, false]);
    expect(output).toMatch(/^npm run deploy -- <verb>/);
    expect(errors).toMatch(/^warning: the installed npm packages are not those of package-lock\.json.*\n$/);
  });

  it.each([
    ["nothing of packages that are the lock file's", installed, 0],
    ["nothing of those that only development needs, and that are not there", withoutDev, 0],
    ["of one of these of other content", { ...installed, "node_modules/for-tests": otherTests }, 1],
    ["of one that is missing", { ...installed, "node_modules/one": undefined }, 1],
    ["of one of other content", { ...installed, "node_modules/one": { version: "1.0.0", integrity: "sha512-two" } }, 1],
  ])("says %s, whoever has installed them", async (_name, packages, warnings) => {
    await install(packages);
    const { code, errors } = await runPart("deploy", "--help");
    expect([code, errors.match(/^warning: /gm)?.length ?? 0]).toEqual([0, warnings]);
  });

  it("goes on also where the lock file cannot be read", async () => {
    await writeFile(join(checkout, "package-lock.json"), "<<<<<<< HEAD");
    const { code, errors } = await runPart("deploy", "--help");
    expect([code, errors]).toEqual([0, expect.stringMatching(/^warning: /)]);
  });

  it("installs where there are none, or only some: nothing would run else", async () => {
    await rm(join(checkout, "node_modules/.package-lock.json"));
    const { code, errors } = await runPart("deploy", "--help");
    expect([code, await hasInstalled()]).toEqual([1, true]);
    expect(errors).toContain("error: the npm packages could not be installed");
  });

  it("ends as its program has ended, also by a signal: what was broken off is not done", async () => {
    expect((await runPart("deploy", "no-verb")).code).toBe(2);
    await rm(join(checkout, "gateway"));
    await mkdir(join(checkout, "gateway/src/deploy"), { recursive: true });
    await writeFile(join(checkout, "gateway/src/deploy/main.ts"), 'process.kill(process.pid, "SIGKILL");');
    expect((await runPart("deploy", "promote")).code).toBe(128 + 9);
  });
});

describe("npm run mock", () => {
  it("installs the packages of the lock file first", async () => {
    const { code } = await runPart("mock", "--help");
    expect([code, await hasInstalled()]).toEqual([1, true]);
  });
});
