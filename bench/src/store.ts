import { serialize } from "node:v8";
import { SharedStore, type SharedStoreParts, unknownStrategy } from "e6data-web/store";
import { type BrowserContext, chromium, type Page } from "playwright";
import type { Benchmark } from "./benchmark.ts";
import { servePage } from "./serve-page.ts";
import type { StorePage } from "./store-page.ts";

declare global {
  /** In the page: see store-page.ts. */
  var storePage: StorePage;
}

const tabCount = 20;
const changes = 100;
const storeCount = 2_000;

/** What the shared state of the deployment costs: to look at, to tell of, to keep. */
export const storeBenchmark: Benchmark = {
  name: "store",
  about: `the shared state of a deployment: look-ups, news among ${tabCount} tabs of Chromium, bytes`,
  run: async () => {
    const server = await servePage("store-page.ts");
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
      // Containers run as root, where Chromium's own sandbox cannot start.
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    });
    try {
      const context = await browser.newContext();
      const first = await openTab(context, server.url);
      const lookUps = await first.evaluate(() => globalThis.storePage.lookUps());
      const tabs = [first];
      while (tabs.length < tabCount) tabs.push(await openTab(context, server.url));
      return [
        `Chromium ${browser.version()}`,
        "",
        ...lookUpLines(lookUps),
        "",
        `${"from the change in one tab to the listeners of each other tab".padEnd(64)}ms  median      p99      max`,
        newsLine("a bare BroadcastChannel message", await spread(tabs, "post")),
        newsLine("a change of the state, through IndexedDB", await spread(tabs, "change")),
        "",
        ...(await sizeLines()),
      ];
    } finally {
      await browser.close();
      server.close();
    }
  },
};

async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction("globalThis.storePage");
  await page.evaluate(() => globalThis.storePage.open());
  return page;
}

function lookUpLines(nanos: Awaited<ReturnType<StorePage["lookUps"]>>): string[] {
  const line = (name: string, time: number) =>
    `${name.padEnd(64)}${time.toFixed(1).padStart(12)} ns ${(time / nanos.read).toFixed(0).padStart(8)} x`;
  return [
    line("store.read()", nanos.read),
    line("localStorage.getItem() and JSON.parse()", nanos.localStorage),
    line("IndexedDB: a transaction that reads the row", nanos.indexedDB),
  ];
}

/** How long news take to every other tab, in milliseconds, sorted. Each tab in turn is the one that begins. */
async function spread(tabs: readonly Page[], how: "change" | "post"): Promise<readonly number[]> {
  const counts = await Promise.all(tabs.map((tab) => tab.evaluate(() => globalThis.storePage.seen().length)));
  const begun = new Map<string, { readonly at: number; readonly from: number }>();
  for (let turn = 0; turn < changes; turn++) {
    const from = turn % tabs.length;
    // Before anything changes: what the tabs are asked meanwhile would take time from the news.
    const settled = tabs.map((tab, index) => {
      if (how === "change" || index !== from) counts[index] = (counts[index] ?? 0) + 1;
      return tab.evaluate((count) => globalThis.storePage.settled(count), counts[index] ?? 0);
    });
    const [epoch, at] = (await tabs[from]?.evaluate((name) => globalThis.storePage[name](), how)) ?? ["", 0];
    begun.set(epoch, { at, from });
    await Promise.all(settled);
  }
  const times: number[] = [];
  for (const [index, tab] of tabs.entries()) {
    for (const [epoch, at] of await tab.evaluate(() => globalThis.storePage.seen())) {
      const start = begun.get(epoch);
      if (start !== undefined && start.from !== index) times.push(at - start.at);
    }
  }
  if (times.length < changes * (tabs.length - 1)) throw new Error("news did not reach every tab");
  return times.toSorted((one, other) => one - other);
}

function newsLine(name: string, times: readonly number[]): string {
  const at = (part: number) => (times[Math.floor((times.length - 1) * part)] ?? Number.NaN).toFixed(2).padStart(9);
  return `${name.padEnd(64)}   ${at(0.5)}${at(0.99)}${at(1)}`;
}

/** A platform that does nothing: what is left is the store's own. */
function idleParts(): SharedStoreParts {
  let ids = 0;
  return {
    row: { transact: () => Promise.resolve(undefined), close: () => undefined },
    joinBell: () => ({ ring: () => undefined, close: () => undefined }),
    requestLock: () => Promise.resolve(),
    watchPage: () => () => undefined,
    onEvent: () => undefined,
    runtime: {
      sleep: () => new Promise(() => undefined),
      turn: () => Promise.resolve(),
      now: () => 0,
      wallMs: () => 0,
      random: () => 0,
      newId: () => String(++ids),
    },
  };
}

async function sizeLines(): Promise<string[]> {
  const parts = idleParts();
  const stores: SharedStore[] = [];
  const before = heapBytes();
  for (let count = 0; count < storeCount; count++) stores.push(new SharedStore(parts));
  await Promise.all(stores.map(({ ready }) => ready));
  const each = (heapBytes() - before) / stores.length;
  const [store] = stores;
  const beforeReads = heapBytes();
  for (let time = 0; time < 5_000_000; time++) store?.read();
  const perRead = (heapBytes() - beforeReads) / 5_000_000;
  const id = "0123456789abcdef0123456789abcdef";
  const pending = { id, stack: "green", by: "header", since: 1.8e12, heardAt: 1.8e12 } as const;
  const cooldown = { stack: "blue", until: 1.8e12, delayMs: 60_000 } as const;
  const row = { ...unknownStrategy(id, id), active: "blue", pending, cooldown, changedAt: 1.8e12, checkedAt: 1.8e12 };
  const line = (name: string, bytes: string) => `${name.padEnd(64)}${bytes.padStart(12)} bytes`;
  return [
    line("the row, all fields in use", String(serialize(row).length)),
    line("a store object in Node's heap, without the platform's own", each.toFixed(0)),
    line("what one read() leaves on the heap", perRead.toFixed(3)),
  ];
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("run me by `npm run bench`, which exposes the garbage collector");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
