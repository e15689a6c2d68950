import { isMain, main } from "../report.mjs";
import { ensureDebianProgram } from "./debian-program.mjs";

/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, else one on the PATH, else Debian's, which is installed
 * where this process may do that.
 * @returns {Promise<string>} the path of its binary
 */
export function ensureChromium() {
  return ensureDebianProgram({
    title: "Chromium",
    neededBy: "the browser tests",
    variable: "CHROMIUM_PATH",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    beside: [],
    packages: ["chromium"],
  });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureChromium()));
