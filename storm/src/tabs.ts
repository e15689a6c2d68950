import { type Browser, launch, type Page } from "puppeteer-core";
import type { TextSource, Told, Work } from "./page/told.ts";

/** One tab of the storm. */
export interface StormTab {
  readonly number: number;
  readonly user: string;
  /** Works until it has done enough and {@link stop} was called. */
  run(work: Work): Promise<void>;
  stop(): Promise<void>;
  stored(): Promise<string>;
  pins(): Promise<number>;
  /** Bytes that the page's scripts hold, after a collection of garbage. */
  held(): Promise<number>;
}

/** Where the tabs go, and who is told what they say. */
export interface TabsOptions {
  readonly count: number;
  readonly pageUrl: string;
  readonly gatewayUrl: string;
  readonly mark: string;
  readonly onTold: (told: Told) => void;
  /** What a page wrote to its console, and errors that nobody caught. */
  readonly onText: (source: TextSource, text: string) => void;
}

/** Tabs of one browser that share all that a browser's tabs share. */
export interface Tabs extends AsyncDisposable {
  readonly list: readonly StormTab[];
}

/** Opens the tabs in a Chromium of their own. */
export async function openTabs(options: TabsOptions): Promise<Tabs> {
  const browser = await launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start. A tab that is not in front works on as if it were.
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
    ],
    // To hear of each request would cost the browser and the driver more than the storm itself.
    networkEnabled: false,
    protocolTimeout: 0,
  });
  try {
    return { list: await openAll(browser, options), [Symbol.asyncDispose]: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function openAll(browser: Browser, options: TabsOptions): Promise<readonly StormTab[]> {
  const tabs: StormTab[] = [];
  for (let number = 0; number < options.count; number++) {
    tabs.push(await openTab(await browser.newPage(), number, options));
  }
  return tabs;
}

async function openTab(page: Page, number: number, options: TabsOptions): Promise<StormTab> {
  const { pageUrl, gatewayUrl, mark, onTold, onText } = options;
  await page.exposeFunction("tellStorm", onTold);
  page.on("console", (message) => onText("console", message.text()));
  page.on("pageerror", (error) => onText("console", `uncaught: ${error}`));
  await page.goto(pageUrl);
  await page.waitForFunction(() => globalThis.stormTab !== undefined);
  const api = await page.evaluateHandle(() => {
    if (globalThis.stormTab === undefined) throw new Error("the page is not there");
    return globalThis.stormTab;
  });
  const user = `user-${mark}-${number}`;
  const order = { tab: number, url: gatewayUrl, user, token: `token-${mark}`, mark };
  await api.evaluate((storm, given) => storm.open(given), order);
  const session = await page.createCDPSession();
  return {
    number,
    user,
    run: (work) => api.evaluate((storm, given) => storm.run(given), work),
    stop: () => api.evaluate((storm) => storm.stop()),
    stored: () => api.evaluate((storm) => storm.stored()),
    pins: () => api.evaluate((storm) => storm.pins()),
    async held() {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage");
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    },
  };
}
