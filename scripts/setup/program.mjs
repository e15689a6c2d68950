import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether a program is there
 */
export function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * @param {readonly string[]} names of one program, the one to prefer first
 * @returns {Promise<string | undefined>} the path of the first that is on the PATH
 */
export async function findOnPath(names) {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
