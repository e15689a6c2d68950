import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureDebianProgram } from "./debian-program.mjs";

const lynx = {
  title: "Lynx",
  neededBy: "the tests of text",
  variable: "LYNX_PATH",
  names: ["lynx-esr", "lynx"],
  beside: ["driver"],
  packages: ["lynx", "lynx-driver"],
};

/** The only folder on the PATH. */
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "e6data-program-"));
  vi.stubEnv("PATH", folder);
  vi.stubEnv("LYNX_PATH", undefined);
  vi.spyOn(process, "getuid").mockReturnValue(0);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Puts a program on the PATH; its path. @param {string} name @param {string} [lines] */
function program(name, lines = "") {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return path;
}

/** An apt-get that notes what it is asked, and brings programs. @param {readonly string[]} names */
function archive(...names) {
  const bring = names.map((name) => `/bin/cp "$0" "${join(folder, name)}"`).join("; ");
  program("apt-get", `echo "$@" >> "${join(folder, "asked")}"; if [ "$1" = install ]; then ${bring || ":"}; fi`);
}

/** What apt-get was asked, a line each time. */
function asked() {
  const file = join(folder, "asked");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

describe("ensureDebianProgram()", () => {
  it("takes the binary that the variable names, before any on the PATH", async () => {
    program("lynx");
    program("driver");
    const own = program("own");
    vi.stubEnv("LYNX_PATH", own);
    expect(await ensureDebianProgram(lynx)).toBe(own);
  });

  it("says that the variable names no program", async () => {
    vi.stubEnv("LYNX_PATH", join(folder, "gone"));
    await expect(ensureDebianProgram(lynx)).rejects.toThrow(/LYNX_PATH is .*gone, but no program is there/);
  });

  it("takes the preferred one of the PATH, or one by its path, and installs nothing", async () => {
    archive();
    program("driver");
    const second = program("lynx");
    expect(await ensureDebianProgram(lynx)).toBe(second);
    const first = program("lynx-esr");
    expect(await ensureDebianProgram(lynx)).toBe(first);
    expect(await ensureDebianProgram({ ...lynx, names: [second] })).toBe(second);
    expect(asked()).toEqual([]);
  });

  it("installs what is missing where it may, the program or what belongs to it", async () => {
    archive("lynx", "driver");
    expect(await ensureDebianProgram(lynx)).toBe(join(folder, "lynx"));
    const install = "install -y -qq --no-install-recommends lynx lynx-driver";
    expect(asked()).toEqual(["--version", "update -qq", install]);
    rmSync(join(folder, "driver"));
    vi.stubEnv("LYNX_PATH", program("own"));
    expect(await ensureDebianProgram(lynx)).toBe(join(folder, "own"));
    expect(asked().filter((line) => line === install)).toHaveLength(2);
  });

  it("says what to install where it may not, or where there is no apt-get", async () => {
    const remedy =
      "the tests of text need Lynx and driver: install Lynx (Debian: `apt-get install lynx lynx-driver`) or set LYNX_PATH";
    await expect(ensureDebianProgram(lynx)).rejects.toThrow(remedy);
    archive("lynx", "driver");
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    await expect(ensureDebianProgram(lynx)).rejects.toThrow(remedy);
    expect(asked()).toEqual([]);
  });

  it("says what the packages did not bring", async () => {
    archive("lynx");
    await expect(ensureDebianProgram(lynx)).rejects.toThrow("Debian's lynx and lynx-driver did not bring driver");
  });

  it("says that the packages could not be had", async () => {
    program("apt-get", '[ "$1" = --version ]');
    await expect(ensureDebianProgram(lynx)).rejects.toThrow("Lynx could not be installed");
  });
});
