import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { setTimeout as delay } from "node:timers/promises";
import { startGateway } from "@e6data-web/gateway";
import { type AnsweringStacks, smallRequest, startAnsweringStacks } from "./answering-stacks.ts";
import { askOnce } from "./ask-once.ts";
import type { Benchmark } from "./benchmark.ts";
import { quantile } from "./measure.ts";
import { residentBytes } from "./process-use.ts";

/** A result that no buffer on the way holds as a whole. */
const batchBytes = 64_000_000;
const smallCalls = 50;
/** Milliseconds in which Envoy has read as far ahead as it will. */
const settlingMs = 1500;
/** Milliseconds after which a small call counts as stopped. */
const patienceMs = 3000;

/** Something that holds memory, and how many of it to try. */
interface Load {
  readonly title: string;
  readonly counts: readonly number[];
  /** Adds one more. */
  hold(url: string, index: number, sessions: ClientHttp2Session[]): Promise<unknown>;
}

const loads: readonly Load[] = [
  {
    title: "idle connections",
    counts: [500, 2000],
    hold: async (url, _, sessions) => once(ask(await open(url, sessions), "status").resume(), "close"),
  },
  {
    title: "calls that wait, 10 a connection",
    counts: [100, 900],
    hold: async (url, index, sessions) => {
      const session = index % 10 === 0 ? await open(url, sessions) : sessions.at(-1);
      if (session !== undefined) ask(session, "explain").resume();
    },
  },
  {
    title: "callers who read nothing",
    counts: [1, 4, 16, 64],
    hold: async (url, _, sessions) => once(ask(await open(url, sessions), "getNextResultBatch"), "response"),
  },
];

/** What connections and calls hold of Envoy's memory, and whether those who read nothing stop the others. */
export const gatewayMemoryBenchmark: Benchmark = {
  name: "gateway-memory",
  about: `Envoy's memory, and small calls of others beside; who reads nothing has asked for ${batchBytes / 1e6} MB`,
  run: async () => {
    await using stacks = await startAnsweringStacks(batchBytes);
    const lines = [line("", "Envoy MB", "KB for each", "others p50 ms", "others max ms")];
    for (const load of loads) lines.push(...(await measure(load, stacks)));
    return lines;
  },
};

function line(label: string, ...cells: readonly string[]): string {
  return label.padEnd(44) + cells.map((cell) => cell.padStart(15)).join("");
}

/** In a gateway of its own: an allocator keeps what it once had. */
async function measure({ title, counts, hold }: Load, stacks: AnsweringStacks): Promise<readonly string[]> {
  await using gateway = await startGateway({ blue: stacks.blue, green: stacks.green });
  await smallCallTimes(gateway.url);
  const atRest = await residentBytes(gateway.pid);
  const sessions: ClientHttp2Session[] = [];
  const row = async (label: string, held: number) => {
    const times = await smallCallTimes(gateway.url);
    const bytes = await residentBytes(gateway.pid);
    const each = held === 0 ? "" : ((bytes - atRest) / 1024 / held).toFixed(1);
    return line(label, (bytes / 1e6).toFixed(1), each, quantile(times, 0.5).toFixed(1), quantile(times, 1).toFixed(1));
  };
  const lines = [await row(`${title}: none`, 0)];
  let held = 0;
  for (const count of counts) {
    for (; held < count; held++) await hold(gateway.url, held, sessions);
    await delay(settlingMs);
    lines.push(await row(`${count} ${title}`, count));
  }
  for (const session of sessions) session.destroy();
  await delay(settlingMs);
  return [...lines, await row("all of them gone", 0), ""];
}

async function open(url: string, sessions: ClientHttp2Session[]): Promise<ClientHttp2Session> {
  const session = connect(url);
  // It is destroyed in the middle of its calls at the end.
  session.on("error", () => undefined);
  await once(session, "connect");
  sessions.push(session);
  return session;
}

const headers = { "content-type": "application/grpc-web+proto", strategy: "blue" };

function ask(session: ClientHttp2Session, method: string): ClientHttp2Stream {
  const stream = session.request({ ":method": "POST", ":path": `/QueryEngineService/${method}`, ...headers });
  stream.on("error", () => undefined);
  stream.end(smallRequest);
  return stream;
}

/** How long small calls take beside what is held, each over a connection of its own; a stopped one as long as is waited for it. */
async function smallCallTimes(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < smallCalls && times.every((time) => time < patienceMs); count++) {
    const began = performance.now();
    const call = askOnce(`${url}/QueryEngineService/status`, headers, smallRequest).catch(() => undefined);
    await Promise.race([call, delay(patienceMs, undefined, { ref: false })]);
    times.push(performance.now() - began);
  }
  return times;
}
