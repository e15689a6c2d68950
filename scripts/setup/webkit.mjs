import { isMain, main } from "../report.mjs";
import { ensureDebianProgram } from "./debian-program.mjs";

/** The processor as Debian's library folders name it, by Node's name. */
const processors = /** @type {Readonly<Record<string, string>>} */ ({ x64: "x86_64", arm64: "aarch64" });

/**
 * Finds WebKitGTK for the browser tests: its small browser, which no user's PATH has (WEBKIT_PATH, else where Debian puts it), its
 * driver, and a display in memory, for it has no mode without windows. Debian's are installed where this process may do that.
 * @returns {Promise<string>} the path of the small browser
 */
export function ensureWebKit() {
  return ensureDebianProgram({
    title: "WebKitGTK",
    neededBy: "the browser tests",
    variable: "WEBKIT_PATH",
    names: [`/usr/lib/${processors[process.arch] ?? process.arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`],
    beside: ["WebKitWebDriver", "Xvfb"],
    packages: ["webkit2gtk-driver", "xvfb"],
  });
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureWebKit()));
