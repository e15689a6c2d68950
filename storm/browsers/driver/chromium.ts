import { type BrowserContext, type CDPSession, chromium, type Frame, type Page } from "playwright";
import type { PageApi } from "../page/page-api.ts";
import type { Browser, Tab } from "./browser.ts";

/** A tab of Chromium, with what only Chromium lets a driver do. */
export interface ChromiumTab extends Tab {
  readonly page: Page;
  readonly devtools: CDPSession;
}

/** Chromium by Playwright. */
export interface Chromium extends Browser {
  readonly context: BrowserContext;
  openTab(url: string): Promise<ChromiumTab>;
}

/** Starts Chromium without a window: CHROMIUM_PATH, or Debian's. */
export async function startChromium(): Promise<Chromium> {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    // Playwright switches the cache off by which a page comes back as it was.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const context = await browser.newContext();
  return {
    context,
    async openTab(url) {
      const page = await context.newPage();
      await page.goto(url);
      await untilReady(page);
      const reload = async () => {
        await page.reload();
        await untilReady(page);
      };
      const devtools = await context.newCDPSession(page);
      return { ...callsOf(page), page, devtools, reload, close: () => page.close() };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** The page's functions, of a page or of a frame in it. */
export function callsOf(page: Page | Frame): Pick<Tab, "call"> {
  return {
    call: async (name, ...args) =>
      await page.evaluate(
        // The driver's types say which arguments belong to which name.
        ([called, given]) =>
          (globalThis.storm as PageApi)[called as "open"](...(given as Parameters<PageApi["open"]>)) as never,
        [name, args] as const,
      ),
  };
}

/** Waits until the page's script has run. */
export async function untilReady(page: Page | Frame): Promise<void> {
  await page.waitForFunction(() => globalThis.storm !== undefined);
}
