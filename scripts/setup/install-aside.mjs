import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Remedy } from "../report.mjs";
import { isExecutable } from "./program.mjs";

/**
 * Installs a tool into a folder beside its home and renames: a half-made install is never taken for one.
 * @param {string} home where the tool will live
 * @param {string} program a program in that home, by which a finished install is known
 * @param {(folder: string) => Promise<void>} fill installs into the folder
 * @returns {Promise<void>}
 */
export async function installAside(home, program, fill) {
  await mkdir(dirname(home), { recursive: true });
  const folder = await mkdtemp(`${home}-installing-`);
  try {
    await fill(folder);
    await rename(folder, home).catch(async (cause) => {
      // Another process may have been first: then its install is as good as ours.
      if (!(await isExecutable(program)))
        throw new Remedy(`${home} is in the way: remove that folder and try again`, { cause });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
