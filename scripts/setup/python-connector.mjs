/**
 * The public Python connector, the peer that tests and measurements are held against. It is installed from PyPI at a
 * pinned version into a virtual environment of its own. Runs by itself too: `node scripts/setup/python-connector.mjs`.
 */
import { join } from "node:path";
import { mustRun } from "../command.mjs";
import { isMain, main, progress } from "../report.mjs";
import { root } from "../workspace.mjs";
import { installAside } from "./install-aside.mjs";
import { isExecutable } from "./program.mjs";
import { pipOptions, python3 } from "./python3.mjs";

/** The version that the tests were written against. */
export const pythonConnectorVersion = "3.0.2";

const what = `the Python connector ${pythonConnectorVersion}`;
const home = join(root, ".tools", `python-connector-${pythonConnectorVersion}`);
const python = join(home, "bin", "python");
const otherwise = "use Python 3.9 to 3.13";

/**
 * The path of a Python that has the connector, installing it first if need be. Rejects with one line that names the
 * remedy.
 * @returns {Promise<string>}
 */
export async function ensurePythonConnector() {
  if (await isExecutable(python)) return python;
  progress(`installing ${what} from PyPI into .tools (once; about 10 s)`);
  await installAside(home, python, fill);
  return python;
}

/**
 * An environment without a pip of its own, filled by the system's: Debian has `ensurepip` in a package apart.
 * @param {string} folder
 */
async function fill(folder) {
  const target = join(folder, "bin", "python");
  const requirement = `e6data-python-connector==${pythonConnectorVersion}`;
  await python3(["-m", "venv", "--without-pip", folder], what, otherwise);
  await python3(["-m", "pip", "--python", target, "install", ...pipOptions, requirement], what, otherwise);
  const failed = () => `${what} was installed but does not run with this Python: ${otherwise}`;
  await mustRun(target, ["-c", "import e6data_python_connector"], failed, { timeoutMs: 60_000 });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensurePythonConnector()));
