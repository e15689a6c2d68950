import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { quantile } from "./measure.ts";

/** A load of equal calls. */
export interface LoadOrder {
  readonly url: string;
  readonly version: "HTTP/1.1" | "HTTP/2";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How many calls in all. */
  readonly calls: number;
  /** How many connections, and how many calls in flight on each; over HTTP/1.1 one. */
  readonly connections: number;
  readonly inFlight: number;
  /** How long the body of each answer has to be: an error is shorter, and an answer of HTTP 200 like any other. */
  readonly answerBytes: number;
}

/** What was seen of a load. */
export interface LoadSeen {
  /** Milliseconds from the first call to the last answer. */
  readonly milliseconds: number;
  /** Milliseconds of a call. */
  readonly median: number;
  readonly p99: number;
}

/** As wide as they come: a reader that gives credit by the spoonful would measure its own round trips. */
const windowBits = 24;

/** Makes the calls by h2load. Rejects if one of them did not end as it should. */
export async function h2load(order: LoadOrder): Promise<LoadSeen> {
  const folder = await mkdtemp(join(tmpdir(), "e6data-h2load-"));
  try {
    const files = { body: join(folder, "body"), log: join(folder, "log") };
    await writeFile(files.body, order.body);
    // Found or installed by `npm run bench`.
    const child = spawn(process.env["H2LOAD_PATH"] ?? "h2load", h2loadArguments(order, files), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = once(child, "exit");
    const output = await text(child.stdout);
    const [code] = await exit;
    if (code !== 0) throw new Error(`h2load ended with exit code ${code}: ${output}`);
    checkOutput(order, output);
    return summarise(await readFile(files.log, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function h2loadArguments(order: LoadOrder, files: { readonly body: string; readonly log: string }): readonly string[] {
  return [
    ...(order.version === "HTTP/1.1" ? ["--h1"] : ["-w", String(windowBits), "-W", String(windowBits + 1)]),
    ...["-t", "1", "-n", String(order.calls), "-c", String(order.connections), "-m", String(order.inFlight)],
    ...["-d", files.body, `--log-file=${files.log}`],
    ...Object.entries(order.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
    order.url,
  ];
}

/** h2load takes HTTP 200 for success, and so are gRPC's errors: the bytes tell them apart. */
function checkOutput({ calls, answerBytes }: LoadOrder, output: string): void {
  const [, succeeded] = /(\d+) succeeded, 0 failed, 0 errored, 0 timeout/.exec(output) ?? [];
  const [, bytes] = /^traffic:.*\((\d+)\) data$/m.exec(output) ?? [];
  if (Number(succeeded) !== calls || Number(bytes) !== calls * answerBytes) {
    throw new Error(`not every call got the answer of ${answerBytes} bytes that it should: ${output}`);
  }
}

/** The log has a line for each call: when it began and how long it took in microseconds, the HTTP status between. */
function summarise(log: string): LoadSeen {
  const lines = log.trim().split("\n");
  const calls = lines.map((line) => line.split("\t").map(Number)).map(([began = 0, , took = 0]) => ({ began, took }));
  const times = calls.map(({ took }) => took / 1000);
  const first = calls.reduce((min, { began }) => Math.min(min, began), Number.POSITIVE_INFINITY);
  const last = calls.reduce((max, { began, took }) => Math.max(max, began + took), 0);
  return { milliseconds: (last - first) / 1000, median: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
