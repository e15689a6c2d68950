import { type CDPSession, chromium, type Page } from "playwright";
import type { Benchmark } from "./benchmark.ts";
import { makeDecodeInput, pythonWithConnector } from "./decode-input.ts";
import type { PageBench, PageWork } from "./main-thread-page.ts";
import { servePage } from "./serve-page.ts";

declare global {
  /** In the page: see main-thread-page.ts. */
  var bench: PageBench;
}

const rowCount = 100_000;
const copies = 8;
const rounds = { warmUp: 15, counted: 60 };
const works: Readonly<Record<PageWork, string>> = {
  batch: "readResultBatch: all checks, no values",
  columns: "columns: numbers, text offsets",
  rows: "rows",
  worker: "a worker that does nothing, there and back",
};

/** How long a batch keeps a page's main thread, beside what a worker costs that thread at the least. */
export const mainThreadBenchmark: Benchmark = {
  name: "main-thread",
  about: `one batch of ${rowCount} rows (LONG, DOUBLE, STRING) on the main thread of Chromium`,
  run: async () => {
    const input = await makeDecodeInput(await pythonWithConnector(), rowCount);
    const server = await servePage("main-thread-page.ts", {
      "/batch": ["application/octet-stream", input.batch],
      "/metadata": ["application/octet-stream", input.metadata],
    });
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
      // Containers run as root, where Chromium's own sandbox cannot start.
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.waitForFunction("globalThis.bench");
      await page.evaluate((count) => globalThis.bench.load("/batch", "/metadata", count), copies);
      return [
        `Chromium ${browser.version()}; batch ${(input.batch.length / 1e6).toFixed(2)} MB; ${rounds.counted} rounds after ${rounds.warmUp} to warm up`,
        "",
        `${"".padEnd(44)}   cpu ms   median      min`,
        ...(await measure(page)),
      ];
    } finally {
      await browser.close();
      server.close();
    }
  },
};

async function measure(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const lines: string[] = [];
  for (const work of Object.keys(works) as PageWork[]) {
    await page.evaluate(([name, count]) => globalThis.bench.run(name, count), [work, rounds.warmUp] as const);
    const before = await threadMillis(devtools);
    const times = await page.evaluate(([name, count]) => globalThis.bench.run(name, count), [
      work,
      rounds.counted,
    ] as const);
    const cpu = ((await threadMillis(devtools)) - before) / rounds.counted;
    times.sort((one, other) => one - other);
    const [min = 0, median = 0] = [times[0], times[times.length >> 1]];
    lines.push(works[work].padEnd(44) + [cpu, median, min].map((millis) => millis.toFixed(2).padStart(9)).join(""));
  }
  return lines;
}

/** What the main thread has worked since the page began: its own time, whatever else the machine does. */
async function threadMillis(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const duration = metrics.find(({ name }) => name === "TaskDuration");
  if (duration === undefined) throw new Error("Chromium does not tell how long its main thread has worked");
  return duration.value * 1000;
}
