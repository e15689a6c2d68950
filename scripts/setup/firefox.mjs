import { isMain, main } from "../report.mjs";
import { ensureDebianProgram } from "./debian-program.mjs";

/**
 * Finds a Firefox for the browser tests: FIREFOX_PATH, else one on the PATH, else Debian's, which is installed where this
 * process may do that.
 * @returns {Promise<string>} the path of its binary
 */
export function ensureFirefox() {
  return ensureDebianProgram({
    title: "Firefox",
    neededBy: "the browser tests",
    variable: "FIREFOX_PATH",
    names: ["firefox-esr", "firefox"],
    beside: [],
    packages: ["firefox-esr"],
  });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureFirefox()));
