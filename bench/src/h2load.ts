import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type LoadExpected, type LoadSeen, readReport } from "./h2load-report.ts";

/** A load of equal calls. */
export interface LoadOrder extends LoadExpected {
  readonly url: string;
  readonly version: "HTTP/1.1" | "HTTP/2";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How many connections, and how many calls in flight on each; over HTTP/1.1 one. */
  readonly connections: number;
  readonly inFlight: number;
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
    return readReport(order, output, await readFile(files.log, "utf8"));
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
