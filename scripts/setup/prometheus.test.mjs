import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensurePrometheus } from "./prometheus.mjs";

/** The only folder on the PATH. */
let folder = "";
/** Where Prometheus is unpacked. */
let home = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "e6data-prometheus-test-"));
  home = join(folder, "tools", "prometheus");
  vi.stubEnv("PATH", folder);
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

/** An apt-get that notes what it is asked and fetches a package, or fails until its lists are renewed. */
function archive({ hasLists = true } = {}) {
  const lists = join(folder, "lists");
  if (hasLists) writeFileSync(lists, "");
  const fetchPackage = `[ -e "${lists}" ] || exit 100; : > prometheus_1_any.deb`;
  program(
    "apt-get",
    `echo "$@" >> "${folder}/asked"; case $1 in update) : > "${lists}";; download) ${fetchPackage};; esac`,
  );
  const make = ["prometheus", "promtool"].map((name) => `/bin/cp "$0" "$3/usr/bin/${name}"`).join("; ");
  program("dpkg-deb", `/bin/mkdir -p "$3/usr/bin"; ${make}`);
}

/** What apt-get was asked, a line each time. */
function asked() {
  const file = join(folder, "asked");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

describe("ensurePrometheus()", () => {
  const unpacked = () => ({ prometheus: join(home, "prometheus"), promtool: join(home, "promtool") });

  it("takes what is on the PATH, if both are", async () => {
    archive();
    const promtool = program("promtool");
    expect(await ensurePrometheus(home)).toEqual(unpacked());
    const prometheus = program("prometheus");
    expect(await ensurePrometheus(home)).toEqual({ prometheus, promtool });
  });

  it("unpacks Debian's package once, and installs nothing", async () => {
    archive();
    expect(await ensurePrometheus(home)).toEqual(unpacked());
    expect(await ensurePrometheus(home)).toEqual(unpacked());
    expect(asked()).toEqual(["download -qq prometheus"]);
  });

  it("renews the lists of packages where it must", async () => {
    archive({ hasLists: false });
    expect(await ensurePrometheus(home)).toEqual(unpacked());
    expect(asked()).toEqual(["download -qq prometheus", "update -qq", "download -qq prometheus"]);
  });

  it("says what to install where there is no apt-get, or no package", async () => {
    const remedy = "install Prometheus yourself and put prometheus and promtool on the PATH";
    await expect(ensurePrometheus(home)).rejects.toThrow(`there is no apt-get to fetch Debian's prometheus: ${remedy}`);
    program("apt-get", "exit 100");
    await expect(ensurePrometheus(home)).rejects.toThrow(`Otherwise ${remedy}`);
    program("apt-get");
    await expect(ensurePrometheus(home)).rejects.toThrow(`apt-get fetched no package prometheus: ${remedy}`);
    expect(existsSync(home)).toBe(false);
  });
});
