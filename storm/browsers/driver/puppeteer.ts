import puppeteer, { type LaunchOptions, type Page } from "puppeteer-core";
import type { PageApi } from "../page/page-api.ts";
import type { Browser, Tab } from "./browser.ts";

/** A tab of a browser that puppeteer drives. */
export interface PuppeteerTab extends Tab {
  readonly page: Page;
}

/** A browser that puppeteer drives. */
export interface PuppeteerBrowser extends Browser {
  openTab(url: string): Promise<PuppeteerTab>;
}

const launches = {
  firefox: { browser: "firefox", executablePath: process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr" },
  chromium: {
    browser: "chrome",
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  },
} as const satisfies Readonly<Record<string, LaunchOptions>>;

/** Starts Firefox (FIREFOX_PATH, or Debian's) or Chromium (CHROMIUM_PATH, or Debian's) without a window. */
export async function startPuppeteer(name: keyof typeof launches): Promise<PuppeteerBrowser> {
  const browser = await puppeteer.launch({ headless: true, ...launches[name] });
  return {
    async openTab(url) {
      const page = await browser.newPage();
      await page.goto(url);
      await untilReady(page);
      return {
        page,
        call: async (called, ...args) =>
          await page.evaluate(
            // The driver's types say which arguments belong to which name.
            (called, given) =>
              (globalThis.storm as PageApi)[called as "open"](...(given as Parameters<PageApi["open"]>)) as never,
            called,
            args,
          ),
        async reload() {
          await page.reload();
          await untilReady(page);
        },
        close: () => page.close(),
      };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(() => globalThis.storm !== undefined);
}
