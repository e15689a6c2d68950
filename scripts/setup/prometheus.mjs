/**
 * Prometheus and its promtool, by which the gateway's alert rules and the queries of its board are checked. Debian's package is
 * unpacked, not installed: no service is started, and nobody needs to be root. Runs by itself too:
 * `node scripts/setup/prometheus.mjs`.
 */
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun, runCommand } from "../command.mjs";
import { isMain, main, progress, Remedy } from "../report.mjs";
import { root } from "../workspace.mjs";
import { installAside } from "./install-aside.mjs";
import { findOnPath, isExecutable } from "./program.mjs";

/**
 * @typedef {object} Prometheus
 * @property {string} prometheus the path of the server
 * @property {string} promtool the path of the tool that checks rules
 */

const programs = /** @type {const} */ (["prometheus", "promtool"]);
const usualHome = join(root, ".tools", "prometheus");
const otherwise = "install Prometheus yourself and put prometheus and promtool on the PATH";

/**
 * The paths of a Prometheus and a promtool: those on the PATH, those unpacked here before, else Debian's package is unpacked into
 * `.tools`. Rejects with one line that names the remedy.
 * @param {string} [home] where they are unpacked
 * @returns {Promise<Prometheus>}
 */
export async function ensurePrometheus(home = usualHome) {
  const [prometheus, promtool] = await Promise.all(programs.map((name) => findOnPath([name])));
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool };
  const unpacked = { prometheus: join(home, "prometheus"), promtool: join(home, "promtool") };
  if (!(await isExecutable(unpacked.promtool))) {
    progress("unpacking Debian's prometheus (40 MB) into .tools (once; some seconds)");
    await installAside(home, unpacked.promtool, unpackInto);
  }
  return unpacked;
}

/** @param {string} folder */
async function unpackInto(folder) {
  const work = await mkdtemp(join(tmpdir(), "e6data-prometheus-"));
  // The archive's own user fetches packages, and may write nowhere else.
  await chmod(work, 0o777);
  try {
    await download(work);
    const [archive] = (await readdir(work)).filter((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Remedy(`apt-get fetched no package prometheus: ${otherwise}`);
    const tree = join(work, "tree");
    await mustRun("dpkg-deb", ["-x", join(work, archive), tree], () => `${archive} does not unpack: ${otherwise}`);
    await mkdir(folder, { recursive: true });
    for (const name of programs) await copyFile(join(tree, "usr/bin", name), join(folder, name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function download(folder) {
  const fetchPackage = ["download", "-qq", "prometheus"];
  const first = await runCommand("apt-get", fetchPackage, { cwd: folder, quiet: true });
  if (first.code === 0) return;
  if (first.code === 127) throw new Remedy(`there is no apt-get to fetch Debian's prometheus: ${otherwise}`);
  // The lists of packages are missing or old; to renew them takes root.
  const failed = () =>
    `Debian's prometheus was not to be had: is its package archive reachable? Otherwise ${otherwise}`;
  await mustRun("apt-get", ["update", "-qq"], failed);
  await mustRun("apt-get", fetchPackage, failed, { cwd: folder });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensurePrometheus()));
