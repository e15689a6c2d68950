import { chromium } from "playwright";
import type { Lab } from "../lab.ts";
import { bundle } from "./bundle.ts";
import type { Platform } from "./platform.ts";

/** Chromium: a page of an origin that the gateway lets in. What the page reports as an error fails the end. */
export async function startChromium({ url, origin, serve }: Lab): Promise<Platform> {
  serve("/bundle.js", "text/javascript", await bundle("page-main.ts", ["module", "browser"]));
  serve("/", "text/html", '<!doctype html><title>Behaviour</title><script type="module" src="/bundle.js"></script>');
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
  const dispose = () => browser.close();
  try {
    const page = await browser.newPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.goto(`${origin}/?gateway=${encodeURIComponent(url)}`);
    await page.waitForFunction("globalThis.runBehaviour");
    return {
      run: async (group, name) =>
        await page.evaluate(async (order) => await globalThis.runBehaviour(order.group, order.name), { group, name }),
      async end() {
        await dispose();
        if (errors.length > 0) throw new AggregateError(errors, "the page reported errors");
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
