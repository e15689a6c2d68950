import { isMain, main } from "../report.mjs";
import { ensureDebianProgram } from "./debian-program.mjs";

/**
 * Finds nghttp2's h2load, which makes the load of measurements: H2LOAD_PATH, else one on the PATH, else Debian's, which is
 * installed where this process may do that.
 * @returns {Promise<string>} the path of its binary
 */
export function ensureH2load() {
  return ensureDebianProgram({
    title: "h2load",
    neededBy: "the measurements of the gateway",
    variable: "H2LOAD_PATH",
    names: ["h2load"],
    beside: [],
    packages: ["nghttp2-client"],
  });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureH2load()));
