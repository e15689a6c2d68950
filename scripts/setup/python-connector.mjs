/**
 * The public Python connector, the peer that tests and measurements are held against. It is installed from PyPI at a
 * pinned version into a virtual environment of its own. Runs by itself too: `node scripts/setup/python-connector.mjs`.
 */
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The version that the tests were written against. */
export const pythonConnectorVersion = "3.0.2";

const what = `the Python connector ${pythonConnectorVersion}`;
const environments = join(root, ".tools", "python-connector");
const home = join(environments, pythonConnectorVersion);
const python = join(home, "bin", "python");

/**
 * The path of a Python that has the connector, installing it first if need be. Rejects with one line that names the
 * remedy.
 * @returns {Promise<string>}
 */
export async function ensurePythonConnector() {
  if (!(await exists(python))) await install();
  return python;
}

/** @param {string} path */
async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Installs into a folder beside the final one and renames: a half-made install is never taken for one. */
async function install() {
  process.stderr.write(`installing ${what} from PyPI into .tools …\n`);
  await mkdir(environments, { recursive: true });
  const folder = await mkdtemp(join(environments, "installing-"));
  try {
    await pipInstall(folder);
    await rename(folder, home).catch(async (cause) => {
      // Another process may have been first: then its install is as good as ours.
      if (!(await exists(python))) throw new Error(`cannot move ${what} to ${home}: remove that folder`, { cause });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * An environment without a pip of its own, filled by the system's: Debian has `ensurepip` in a package apart.
 * @param {string} folder
 */
async function pipInstall(folder) {
  const target = join(folder, "bin", "python");
  await python3(["-m", "venv", "--without-pip", folder]);
  const options = "-q --no-input --disable-pip-version-check --only-binary :all:".split(" ");
  const requirement = `e6data-python-connector==${pythonConnectorVersion}`;
  await python3(["-m", "pip", "--python", target, "install", ...options, requirement]);
  await run(target, ["-c", "import e6data_python_connector"], { timeout: 60_000 }).catch((cause) => {
    throw new Error(`${what} was installed but does not run with this Python: use Python 3.9 to 3.13`, { cause });
  });
}

/** @param {readonly string[]} args */
async function python3(args) {
  await run("python3", args, { timeout: 600_000, maxBuffer: 16 * 1024 * 1024 }).catch((cause) => {
    throw new Error(failure(cause), { cause });
  });
}

/**
 * What failed, and what to do, in one line.
 * @param {{ code?: unknown, killed?: boolean, stderr?: string }} cause
 */
function failure(cause) {
  const text = cause.stderr ?? "";
  if (cause.code === "ENOENT") return `${what} needs python3: install Python 3 with pip`;
  if (/No module named (pip|venv)/.test(text)) {
    return `${what} is installed by Python's venv and pip, which python3 lacks: install them (Debian: apt-get install python3-pip python3-venv)`;
  }
  if (cause.killed === true || /connection|timed out|resolve|unreachable|retries exceeded/i.test(text)) {
    return `PyPI cannot be reached for ${what}: check the network (or pip's proxy settings) and try again`;
  }
  if (text.includes("No matching distribution found")) {
    return `PyPI cannot be reached, or has nothing for this Python, of ${what}: check the network (or pip's settings), use Python 3.9 to 3.13`;
  }
  return `pip could not install ${what}: ${text.trim().split("\n").at(-1) || "no reason given"}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensurePythonConnector().then(
    (path) => process.stdout.write(`${path}\n`),
    (/** @type {Error} */ error) => {
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
