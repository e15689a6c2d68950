import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { InputError } from "../input-error.ts";
import { SqlError } from "./engine.ts";

/** The one folder whose Parquet files may be read. Callers cannot change it; whoever can may let them read anything. */
export interface ParquetFolder {
  /** The real path of a file in it. Rejects with a {@link SqlError} for anything else. */
  find(path: string): Promise<string>;
}

/** What is asked of an engine without a folder is refused. */
export const noParquetFolder: ParquetFolder = {
  find: () =>
    Promise.reject(
      refused("no Parquet file can be read: start the mock with the folder that holds them (--parquet-folder)"),
    ),
};

/** Opens a folder. Rejects with an {@link InputError} if it is none. */
export async function openParquetFolder(folder: string): Promise<ParquetFolder> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await lstat(root)).isDirectory()) {
    throw new InputError(`The Parquet folder ${JSON.stringify(folder)} is not a folder: create it, or name another`);
  }
  return { find: (path) => findIn(root, path) };
}

/** DuckDB would take these as a pattern of many files. */
const patternSigns = /[*?[\]{}]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controlSigns = /[\u0000-\u001f]/;

async function findIn(root: string, path: string): Promise<string> {
  if (path === "" || path.length > 4096 || patternSigns.test(path) || controlSigns.test(path)) {
    throw refused("a Parquet path names one file, without wildcards or control characters");
  }
  const within = relative(root, resolve(root, path));
  if (within === ".." || within.startsWith(`..${sep}`) || isAbsolute(within)) {
    throw refused("the path leads out of the Parquet folder: give one that is relative to it");
  }
  // Part by part, so that no link is followed, not even to see whether it leads anywhere.
  let at = root;
  for (const part of within.split(sep)) {
    at = join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (found?.isSymbolicLink()) throw refused("the path has a symbolic link in it: name the file itself");
    if (found === undefined || (at === join(root, within) && !found.isFile())) {
      throw new SqlError("IO Error: there is no such file in the Parquet folder");
    }
  }
  return at;
}

function refused(why: string): SqlError {
  return new SqlError(`Permission Error: ${why}`);
}
