import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { bundle } from "./bundle.ts";
import type { Subject } from "./measure.ts";
import type { MillionPage } from "./million-page.ts";
import type { ReadingOrder, ReadingWay } from "./million-reader.ts";
import { startReadingProcess } from "./reading-process.ts";
import { servePage } from "./serve-page.ts";

declare global {
  /** In the page: see million-page.ts. */
  var millionPage: MillionPage;
}

/** Starts a client, for one way of reading: what others leave behind, in memory and in what a compiler has learnt, is not its own. */
type StartClient = (way: ReadingWay, name: string) => Promise<Subject>;

/** Where the client runs. */
export interface ClientRuntime {
  readonly name: string;
  /** Gets it ready. `parts` ends it, and all clients that were started in it. */
  open(parts: AsyncDisposableStack, order: ReadingOrder): Promise<StartClient>;
}

/** Node, Deno and Chromium, all with the same code. */
export const clientRuntimes: readonly ClientRuntime[] = [
  { name: "Node", open: (parts, order) => openProcesses(parts, order, []) },
  { name: "Deno", open: (parts, order) => openProcesses(parts, order, denoCommand(order)) },
  { name: "Chromium", open: openBrowser },
];

function denoCommand({ url }: ReadingOrder): readonly string[] {
  const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
  return [deno, "run", "--quiet", "--no-prompt", "--no-lock", `--allow-net=${new URL(url).host}`];
}

async function openProcesses(
  parts: AsyncDisposableStack,
  order: ReadingOrder,
  command: readonly string[],
): Promise<StartClient> {
  const folder = await mkdtemp(join(tmpdir(), "million-rows-"));
  parts.defer(() => rm(folder, { recursive: true }));
  const program = join(folder, "million-process.mjs");
  await writeFile(program, await bundle("million-process.ts"));
  const args = [...command, program, JSON.stringify(order)];
  return async (way, name) => startReadingProcess(parts, process.execPath, args, order.rowCount).subject(name, way);
}

/** A page for each client. The gateway is another origin for them, as it is for most pages. */
async function openBrowser(parts: AsyncDisposableStack, order: ReadingOrder): Promise<StartClient> {
  const server = parts.adopt(await servePage("million-page.ts"), (served) => served.close());
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
  parts.defer(() => browser.close());
  return async (way, name) => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction("globalThis.millionPage");
    await page.evaluate((given) => globalThis.millionPage.open(given), order);
    return { name, measure: () => measureInPage(page, way, order.rowCount) };
  };
}

async function measureInPage(page: Page, way: ReadingWay, rowCount: number): Promise<number> {
  // A page in the background gets less of the processor.
  await page.bringToFront();
  const [milliseconds, rows] = await page.evaluate((asked) => globalThis.millionPage.read(asked), way);
  if (rows !== rowCount) throw new Error(`the page saw ${rows} rows`);
  return milliseconds;
}
