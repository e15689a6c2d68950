import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "@e6data-web/gateway";
import { connect } from "e6data-web";
import { chromium, type Page } from "playwright";
import type { Benchmark } from "./benchmark.ts";
import { bundle } from "./bundle.ts";
import { readColumns } from "./client-readings.ts";
import { makeDecodeInput, pythonWithConnector, withRowCount } from "./decode-input.ts";
import { measureRounds, type Subject, type Timing } from "./measure.ts";
import type { MillionPage } from "./million-page.ts";
import type { ReadingOrder, ReadingWay } from "./million-reader.ts";
import { startReadingProcess } from "./reading-process.ts";
import { type ReplayingMock, startReplayingMock } from "./replaying-mock.ts";
import { servePage } from "./serve-page.ts";

declare global {
  /** In the page: see million-page.ts. */
  var millionPage: MillionPage;
}

const rowsOfBatch = 100_000;
const batchCount = 10;
const rowCount = rowsOfBatch * batchCount;
const rounds = { warmUp: 2, counted: 7 };
const sql = "select * from replayed";
const ways: Readonly<Record<ReadingWay, string>> = {
  columns: "to columns",
  rows: "to rows by query().rows()",
  fetched: "to rows by cursor.fetchAll()",
  streamed: "rows streamed, each let go of",
  raw: "raw fetch of the same bytes",
};
const python = { all: "Python connector, fetchall()", "in turn": "Python connector, fetchmany() in turn" };

/** Where the client runs. */
interface ClientRuntime {
  readonly name: string;
  /** Starts the client anew, for one way of reading: what others leave behind, in memory and in what a compiler has learnt, is not its own. */
  start(name: string, way: ReadingWay): Promise<Subject>;
}

/** A million rows from the engine to the caller, against the bare bytes and against the Python connector. */
export const millionRowsBenchmark: Benchmark = {
  name: "million-rows",
  about: `${rowCount} rows (LONG, DOUBLE, STRING) in ${batchCount} replayed batches: clients and raw fetch through Envoy, Python directly`,
  run: async () => {
    await using parts = new AsyncDisposableStack();
    const pythonPath = await pythonWithConnector();
    const { metadata, batch } = await makeDecodeInput(pythonPath, rowsOfBatch);
    const batches = new Array<Uint8Array>(batchCount).fill(batch);
    const mock = parts.use(
      await startReplayingMock({ sql, result: { metadata: withRowCount(metadata, rowCount), batches } }),
    );
    const { url } = parts.use(await startGateway(mock.place));
    const order = { url, sql, rowCount, fetches: await countFetches(mock, url) };
    const runtimes = [...(await findProcesses(parts, order)), await openBrowser(parts, order)];
    const subjects: Subject[] = [];
    for (const runtime of runtimes) {
      for (const way of Object.keys(ways) as ReadingWay[]) subjects.push(await runtime.start(label(runtime, way), way));
    }
    for (const [way, name] of Object.entries(python)) {
      const args = [
        join(import.meta.dirname, "million_python.py"),
        String(mock.place.blue.port),
        sql,
        String(rowsOfBatch),
      ];
      subjects.push(startReading(parts, pythonPath, args).subject(name, way));
    }
    return report(runtimes, await measureRounds(subjects, rounds), order);
  },
};

function label({ name }: { readonly name: string }, way: ReadingWay): string {
  return `${name}: ${ways[way]}`;
}

/** The calls by which the client fetches. */
async function countFetches(mock: ReplayingMock, url: string): Promise<readonly string[]> {
  await using connection = connect({ url, user: "bench", token: "bench" });
  await readColumns(connection, sql);
  return (await mock.calls()).filter((rpc) => rpc.startsWith("getNextResultBatch"));
}

function startReading(parts: AsyncDisposableStack, command: string, args: readonly string[]) {
  const reading = startReadingProcess(command, args, rowCount);
  parts.defer(() => reading.close());
  return reading;
}

/** Node and Deno, both with the same code. */
async function findProcesses(parts: AsyncDisposableStack, order: ReadingOrder): Promise<readonly ClientRuntime[]> {
  const folder = await mkdtemp(join(tmpdir(), "million-rows-"));
  parts.defer(() => rm(folder, { recursive: true }));
  const program = join(folder, "million-process.mjs");
  await writeFile(program, await bundle("million-process.ts"));
  const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
  const commands = [
    ["Node", []],
    ["Deno", [deno, "run", "--quiet", "--no-prompt", "--no-lock", `--allow-net=${new URL(order.url).host}`]],
  ] as const;
  return commands.map(([name, command]) => ({
    name,
    start: async (subject, way) =>
      startReading(parts, process.execPath, [...command, program, JSON.stringify(order)]).subject(subject, way),
  }));
}

/** Chromium, a page for each way. The gateway is another origin for them, as it is for most pages. */
async function openBrowser(parts: AsyncDisposableStack, order: ReadingOrder): Promise<ClientRuntime> {
  const server = parts.adopt(await servePage("million-page.ts"), (served) => served.close());
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
  parts.defer(() => browser.close());
  return {
    name: "Chromium",
    start: async (name, way) => {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.waitForFunction("globalThis.millionPage");
      await page.evaluate((given) => globalThis.millionPage.open(given), order);
      return { name, measure: () => measureInPage(page, name, way) };
    },
  };
}

async function measureInPage(page: Page, name: string, way: ReadingWay): Promise<number> {
  // A page in the background gets less of the processor.
  await page.bringToFront();
  const [milliseconds, rows] = await page.evaluate((asked) => globalThis.millionPage.read(asked), way);
  if (rows !== rowCount) throw new Error(`${name}: not all rows were read`);
  return milliseconds;
}

function report(
  runtimes: readonly ClientRuntime[],
  timings: ReadonlyMap<string, Timing>,
  { fetches }: ReadingOrder,
): string[] {
  const line = (name: string, median: number, min: number, digits: number, note = "") =>
    name.padEnd(50) + median.toFixed(digits).padStart(10) + min.toFixed(digits).padStart(10) + note;
  const ratio = (name: string, part: string, whole: string, note = "") => {
    const [of, to] = [timings.get(part), timings.get(whole)];
    return of === undefined || to === undefined ? [] : [line(name, of.median / to.median, of.min / to.min, 2, note)];
  };
  return [
    `${fetches.length} fetches (${fetches[0]}); ${rounds.counted} interleaved rounds after ${rounds.warmUp} to warm up`,
    "",
    `${"".padEnd(50)}    median       min  ms`,
    ...[...timings.values()].map(({ name, median, min }) => line(name, median, min, 0)),
    ...runtimes.flatMap((runtime) => [
      "",
      ...ratio(
        `${runtime.name}: columns / raw fetch`,
        label(runtime, "columns"),
        label(runtime, "raw"),
        "  at most 1.3 wanted",
      ),
      ...ratio(
        `${runtime.name}: Python fetchall() / rows()`,
        python.all,
        label(runtime, "rows"),
        "  at least 5 wanted",
      ),
      ...ratio(
        `${runtime.name}: Python fetchall() / fetchAll()`,
        python.all,
        label(runtime, "fetched"),
        "  at least 5 wanted",
      ),
      ...ratio(`${runtime.name}: Python fetchall() / columns`, python.all, label(runtime, "columns")),
      ...ratio(`${runtime.name}: Python in turn / rows streamed`, python["in turn"], label(runtime, "streamed")),
    ]),
  ];
}
