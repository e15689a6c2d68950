import { mustRun, runCommand } from "../command.mjs";
import { isMain, main, progress, Remedy } from "../report.mjs";
import { findOnPath, isExecutable } from "./program.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const remedy = "install Chromium (Debian: `apt-get install chromium`) or set CHROMIUM_PATH to one";

/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, else one on the PATH, else Debian's, which is installed
 * where this process may do that.
 * @returns {Promise<string>} the path of its binary
 */
export async function ensureChromium() {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Remedy(`CHROMIUM_PATH is ${given}, but no program is there: ${remedy}`);
  }
  const found = await findOnPath(names);
  if (found !== undefined) return found;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || (await runCommand("apt-get", ["--version"], { quiet: true })).code !== 0) {
    throw new Remedy(`the browser tests need Chromium: ${remedy}`);
  }
  progress("installing Debian's package chromium (once; about half a minute)");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const failed = () => `Chromium could not be installed: is Debian's package archive reachable? Otherwise ${remedy}`;
  await mustRun("apt-get", ["update", "-qq"], failed, { env });
  await mustRun("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], failed, { env });
  const installed = await findOnPath(names);
  if (installed === undefined) throw new Remedy(`Debian's package chromium holds no ${names.join(", ")}: ${remedy}`);
  return installed;
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureChromium()));
