import { mustRun, runCommand } from "../command.mjs";
import { progress, Remedy } from "../report.mjs";
import { findOnPath, isExecutable } from "./program.mjs";

/**
 * A program for tests or measurements, as Debian has it.
 * @typedef {object} DebianProgram
 * @property {string} title its name
 * @property {string} neededBy what cannot do without it, in the plural
 * @property {string} variable the environment variable that may name its binary
 * @property {readonly string[]} names of its binary: a path, or a name on the PATH; the one to prefer first
 * @property {readonly string[]} beside further programs that are needed with it, by their names on the PATH
 * @property {readonly string[]} packages that hold all of these
 */

/**
 * Finds a program: the one that its variable names, else one of its names, else Debian's, which is installed where this process
 * may do that.
 * @param {DebianProgram} program
 * @returns {Promise<string>} the path of its binary
 */
export async function ensureDebianProgram(program) {
  const { title, neededBy, variable, packages } = program;
  const remedy = `install ${title} (Debian: \`apt-get install ${packages.join(" ")}\`) or set ${variable} to its binary`;
  const given = process.env[variable];
  if (given && !(await isExecutable(given))) {
    throw new Remedy(`${variable} is ${given}, but no program is there: ${remedy}`);
  }
  const found = given || (await find(program.names));
  const missing = await missingOf(program.beside);
  if (found !== undefined && missing.length === 0) return found;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || (await runCommand("apt-get", ["--version"], { quiet: true })).code !== 0) {
    throw new Remedy(`${neededBy} need ${[...(found ? [] : [title]), ...missing].join(" and ")}: ${remedy}`);
  }
  progress(`installing Debian's ${packages.join(" and ")} (once; about half a minute)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const failed = () => `${title} could not be installed: is Debian's package archive reachable? Otherwise ${remedy}`;
  await mustRun("apt-get", ["update", "-qq"], failed, { env });
  await mustRun("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], failed, { env });
  const installed = given || (await find(program.names));
  const lacking = [...(installed ? [] : program.names), ...(await missingOf(program.beside))];
  if (installed === undefined || lacking.length > 0) {
    throw new Remedy(`Debian's ${packages.join(" and ")} did not bring ${lacking.join(", ")}: ${remedy}`);
  }
  return installed;
}

/** @param {readonly string[]} names */
async function find(names) {
  for (const name of names.filter((one) => one.startsWith("/"))) if (await isExecutable(name)) return name;
  return await findOnPath(names.filter((one) => !one.startsWith("/")));
}

/** @param {readonly string[]} names */
async function missingOf(names) {
  const found = await Promise.all(names.map((name) => findOnPath([name])));
  return names.filter((_, index) => found[index] === undefined);
}
