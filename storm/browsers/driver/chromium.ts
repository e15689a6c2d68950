import { chromium, type Frame, type Page } from "playwright";
import type { PageApi } from "../page/page-api.ts";
import type { Browser, Tab } from "./browser.ts";

/** A tab of Chromium, with what only Chromium lets a driver do. */
export interface ChromiumTab extends Tab {
  readonly page: Page;
  /** Ends the process of the page, as a defect in the browser would. */
  crash(): Promise<void>;
  /** Resolves when a call that is made from now on has been lost on its way. */
  lostCall(): Promise<void>;
  /** Leads back to the page that was here before, as its user does. */
  goBack(): Promise<void>;
}

/** Chromium by Playwright. */
export interface Chromium extends Browser {
  openTab(url: string): Promise<ChromiumTab>;
  /** Takes the network away from all tabs, or gives it back. */
  setOffline(isOffline: boolean): Promise<void>;
  /** Opens a tab whose page holds the storm's page in a frame, and answers the frame. */
  openFrame(url: string): Promise<Tab>;
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
    async openTab(url) {
      const page = await context.newPage();
      await page.goto(url);
      await untilReady(page);
      const reload = async () => {
        await page.reload();
        await untilReady(page);
      };
      return {
        ...callsOf(page),
        page,
        reload,
        close: () => page.close(),
        async crash() {
          const devtools = await context.newCDPSession(page);
          const crashed = page.waitForEvent("crash");
          // Nobody is left to answer this.
          devtools.send("Page.crash").catch(() => undefined);
          await crashed;
        },
        async lostCall() {
          await page.waitForEvent("requestfailed");
        },
        async goBack() {
          // Playwright's own waits for a load that a page from the cache does not have.
          await page.evaluate(() => history.back());
          await untilReady(page);
        },
      };
    },
    setOffline: (isOffline) => context.setOffline(isOffline),
    async openFrame(url) {
      const page = await context.newPage();
      await page.goto(url);
      const frame = page.frames().find((one) => one !== page.mainFrame());
      if (frame === undefined) throw new Error(`there is no frame in ${url}`);
      await untilReady(frame);
      const reload = async () => {
        await frame.goto(frame.url());
        await untilReady(frame);
      };
      return { ...callsOf(frame), reload, close: () => page.close() };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** The page's functions, of a page or of a frame in it. */
function callsOf(page: Page | Frame): Pick<Tab, "call"> {
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
async function untilReady(page: Page | Frame): Promise<void> {
  await page.waitForFunction(() => globalThis.storm !== undefined);
}
