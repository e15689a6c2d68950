import { Builder, Capabilities, type WebDriver } from "selenium-webdriver";
import type { JobEnd, PageApi } from "../page/page-api.ts";
import type { Browser, Tab } from "./browser.ts";
import { freePort, startDisplay, startProgram } from "./programs.ts";

/** Debian puts it outside of the PATH: it is no program for users. */
const miniBrowser = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;
/** The longest that a call of the page may take. */
const longestCallMs = 30_000;

/** Starts WebKitGTK's small browser in a window that nobody sees: WEBKIT_PATH, or Debian's. */
export async function startWebKit(): Promise<Browser> {
  await using parts = new AsyncDisposableStack();
  const display = parts.use(await startDisplay());
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  parts.use(
    await startProgram("WebKitWebDriver", [`--port=${port}`], `${server}/status`, {
      DISPLAY: display.name,
      // Containers run as root, where WebKit's own sandbox cannot start.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    }),
  );
  const binary = process.env["WEBKIT_PATH"] ?? miniBrowser;
  const capabilities = new Capabilities({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary, args: ["--automation"] },
  });
  const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
  parts.defer(() => driver.quit());
  const everything = parts.move();
  const windows = createWindows(driver);
  return {
    openTab: (url) => windows.open(url),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** WebDriver speaks to one window at a time: whoever wants to waits for the turn. */
function createWindows(driver: WebDriver): { open(url: string): Promise<Tab> } {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const inWindow = <T>(handle: string, work: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      await driver.switchTo().window(handle);
      return await work();
    });
  return {
    open: async (url) => {
      const handle = await inTurn(async () => {
        await driver.switchTo().newWindow("tab");
        await driver.get(url);
        return await driver.getWindowHandle();
      });
      const run = <T>(script: string, ...args: readonly unknown[]) =>
        inWindow(handle, () => driver.executeScript<T>(script, ...args));
      return {
        async call<Name extends keyof PageApi>(
          name: Name,
          ...args: Parameters<PageApi[Name]>
        ): Promise<Awaited<ReturnType<PageApi[Name]>>> {
          const job = await run<number>("return storm.beginJob(arguments[0], arguments[1])", name, args);
          const end = await jobEnd(() => run<JobEnd | null>("return storm.jobEnd(arguments[0])", job), name);
          if ("error" in end) throw new Error(end.error);
          // What comes of a function of this name; JSON made nothing into null.
          return end.value as Awaited<ReturnType<PageApi[Name]>>;
        },
        // Resolves when the page has loaded, its script included.
        reload: () => inWindow(handle, () => driver.navigate().refresh()),
        close: () => inWindow(handle, () => driver.close()),
      };
    },
  };
}

async function jobEnd(ask: () => Promise<JobEnd | null>, name: string): Promise<JobEnd> {
  const start = performance.now();
  while (performance.now() - start < longestCallMs) {
    const end = await ask();
    if (end !== null) return end;
  }
  throw new Error(`the page did not come to an end of ${name}() within ${longestCallMs / 1000} s`);
}
