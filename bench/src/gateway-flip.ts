import { once } from "node:events";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type AnsweringStacks, smallRequest, startAnsweringStacks, webTrailers } from "./answering-stacks.ts";
import { askOnce } from "./ask-once.ts";
import type { Benchmark } from "./benchmark.ts";
import type { FlipCallsOrder, FlipCallsSeen } from "./flip-calls-thread.ts";
import { quantile } from "./measure.ts";

const grpcWeb = { "content-type": "application/grpc-web+proto" };

const loads = [8, 200];
const flips = 200;
/** A stack has none of the new calls any more once it got none for so many milliseconds, while the other got so many. */
const quietMs = 100;
const quietCalls = 100;

type Stack = "blue" | "green";
const otherOf = { blue: "green", green: "blue" } as const;

/** How long it takes until new calls reach the other stack. */
export const gatewayFlipBenchmark: Benchmark = {
  name: "gateway-flip",
  about: `${flips} flips each: from the rename of the route file until no new call reaches the former stack`,
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "e6data-bench-"));
    try {
      await using stacks = await startAnsweringStacks(1);
      await using gateway = await startGateway({ blue: stacks.blue, green: stacks.green, runDir: folder });
      const flip = await openFlips(folder, gateway, stacks);
      const long = askLong(gateway, stacks);
      const lines = [line("calls in flight", "p50 ms", "p99 ms", "max ms", "calls", "failed", "GOAWAY")];
      for (const inFlight of loads) lines.push(await measure(inFlight, gateway, flip));
      return [...lines, "wanted: p99 below 100 ms, none failed, no GOAWAY", "", ...(await long)];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function line(label: string, ...cells: readonly string[]): string {
  return label.padEnd(20) + cells.map((cell) => cell.padStart(12)).join("");
}

/** Makes a stack the active one; resolves with the milliseconds that it took. */
type Flip = (to: Stack) => Promise<number>;

/** Takes the route files that the gateway itself renders; blue is the active stack then. */
async function openFlips(folder: string, gateway: Gateway, stacks: AnsweringStacks): Promise<Flip> {
  const file = join(folder, "routes", "routes.json");
  const rendered = async (active: Stack) => {
    await gateway.apply({ active });
    return await readFile(file, "utf8");
  };
  const texts = { green: await rendered("green"), blue: await rendered("blue") };
  return async (to) => {
    const [former, next] = [stacks[otherOf[to]], stacks[to]];
    // Beside the folder that Envoy watches.
    const temporary = join(folder, "flip.json");
    await writeFile(temporary, texts[to]);
    const callsBefore = next.calls();
    const renamedAt = now();
    await rename(temporary, file);
    while (next.calls() < callsBefore + quietCalls || now() < Math.max(renamedAt, former.lastCallAt()) + quietMs) {
      if (now() > renamedAt + 10_000) throw new Error(`${to} did not become the active stack within 10 s`);
      await delay(5);
    }
    return Math.max(0, former.lastCallAt() - renamedAt);
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function measure(inFlight: number, gateway: Gateway, flip: Flip): Promise<string> {
  const url = `${gateway.url}/QueryEngineService/status`;
  const { body: answer } = await askOnce(url, grpcWeb, smallRequest);
  const order: FlipCallsOrder = { url, headers: grpcWeb, body: smallRequest, answer, inFlight };
  const worker = new Worker(new URL("./flip-calls-thread.ts", import.meta.url), { workerData: order });
  await once(worker, "message");
  const times: number[] = [];
  for (let index = 0; index < flips; index++) times.push(await flip(index % 2 === 0 ? "green" : "blue"));
  worker.postMessage("end");
  const [seen]: FlipCallsSeen[] = await once(worker, "message");
  await worker.terminate();
  if (seen === undefined) throw new Error("the callers did not say what they have seen");
  for (const problem of new Set(seen.problems)) console.error(problem);
  const figures = [0.5, 0.99, 1].map((part) => quantile(times, part).toFixed(1));
  return line(String(inFlight), ...figures, String(seen.calls), String(seen.problems.length), String(seen.endings));
}

/** Calls that blue answers for a minute from now on, while the stacks change; resolves with what came of them. */
async function askLong(gateway: Gateway, { smallBytes }: AnsweringStacks): Promise<readonly string[]> {
  const ask = async (title: string, method: string, messages: number) => {
    const began = now();
    const { headers, body } = await askOnce(`${gateway.url}/QueryEngineService/${method}`, grpcWeb, smallRequest);
    const isWhole = headers["x-upstream"] === "blue" && body.length === messages * smallBytes + webTrailers.length;
    if (!isWhole) throw new Error(`${headers["x-upstream"]} has answered with ${body.length} bytes`);
    return `${title}: ended where it began after ${((now() - began) / 1000).toFixed(0)} s`;
  };
  const calls = [
    { title: "silent for a minute", method: "explain", messages: 1 },
    { title: "a message each second", method: "explainAnalyze", messages: 60 },
  ];
  return await Promise.all(
    calls.map(({ title, method, messages }) =>
      ask(title, method, messages).catch((error: unknown) => `${title}: FAILED, ${String(error)}`),
    ),
  );
}
