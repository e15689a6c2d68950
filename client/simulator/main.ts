/**
 * `npm run simulate -- [--from N] [--histories N] [--minutes N] [--workers N] [--until-found] [--course NAME]`: lets one history of tabs
 * and deployments happen after the other, on all cores, and tells which of them break a property. `--seed N [--shrink]`: one history,
 * or the smallest one made of it that breaks the same property, step by step.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { History } from "./history.ts";
import { createPlan } from "./plan.ts";
import { shrink } from "./shrink.ts";
import { addTally, emptyTally, type Share, type Tally } from "./tally.ts";
import type { WorkerNews } from "./worker.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    shrink: { type: "boolean", default: false },
    from: { type: "string", default: "1" },
    histories: { type: "string", default: "100000" },
    course: { type: "string" },
    "until-found": { type: "boolean", default: false },
    minutes: { type: "string", default: "60" },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});

// Nobody reads the stacks of the many errors that belong to a history, and they take their time.
Error.stackTraceLimit = 0;
process.exitCode =
  values.seed === undefined
    ? await many(wholeNumber("from", values.from), wholeNumber("histories", values.histories))
    : await one(wholeNumber("seed", values.seed));

/** Shows one history, or the smallest that can be made of it. */
async function one(seed: number): Promise<number> {
  const whole = createPlan(seed);
  const first = values.shrink ? (await new History(whole).run()).findings[0] : undefined;
  const { moves, ...facts } = first === undefined ? whole : await shrink(whole, first.property);
  console.log(JSON.stringify(facts));
  for (const move of moves) console.log(JSON.stringify(move));
  const { findings } = await new History({ ...facts, moves }, (line) => console.log(line)).run();
  for (const { property, text } of findings) console.log(`FOUND ${property}: ${text}`);
  return findings.length > 0 ? 1 : 0;
}

/** Lets many happen, each from a seed of its own, and counts what came of them. */
async function many(from: number, histories: number): Promise<number> {
  const start = performance.now();
  const count = Math.max(1, Math.min(wholeNumber("workers", values.workers), histories));
  const workers = Array.from({ length: count }, (_, index) =>
    startWorker({ from: from + index, until: from + histories, stride: count, course: values.course }),
  );
  const stop = () => {
    for (const worker of workers) worker.postMessage("enough");
  };
  const timer = setTimeout(stop, wholeNumber("minutes", values.minutes) * 60_000);
  const sum = emptyTally();
  const ends = workers.map((worker) => endOf(worker, values["until-found"] ? stop : () => undefined));
  for (const tally of await Promise.all(ends)) addTally(sum, tally);
  clearTimeout(timer);
  report(sum, from, (performance.now() - start) / 1000);
  return sum.found.size > 0 ? 1 : 0;
}

function startWorker(share: Share): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { workerData: share });
}

/** What came of the share of a worker. Rejects where it breaks down. */
function endOf(worker: Worker, onFound: () => void): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.on("message", (news: WorkerNews) => {
      if (news.type === "done") return resolve(news.tally);
      console.error(`FOUND with seed ${news.seed}: ${news.text}`);
      onFound();
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("a worker has ended before its histories have")));
  });
}

function report({ histories, steps, counts, found }: Tally, from: number, seconds: number): void {
  for (const [name, count] of [...counts].sort()) console.log(`${name.padEnd(36)}${count}`);
  const speed = `${seconds.toFixed(1)} s, ${(histories / seconds).toFixed(0)} a second`;
  console.log(`${histories} histories, from seed ${from} on, ${steps} steps, in ${speed}`);
  for (const [property, seeds] of found) {
    const some = seeds
      .toSorted((one, other) => one - other)
      .slice(0, 8)
      .join(", ");
    console.error(`FOUND ${property}: ${seeds.length} histories, among them those of the seeds ${some}`);
  }
  if (found.size > 0) console.error("See one of them with npm run simulate -- --seed N");
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number, not "${text}"`);
  return number;
}
