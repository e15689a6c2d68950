/**
 * `npm run fuzz -- [--seed N] [--inputs N] [--minutes N] [--from N]`: tries altered results and hostile SQL on the client until something is
 * found. `npm run fuzz -- --replay TEXT` tries one input again.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { checkInput, createInputs, parseInput, writeInput } from "./input.ts";
import type { Outcome, Task } from "./worker.ts";

/** How long one input may take. Generous: the slowest takes some milliseconds. */
const maxSeconds = 20;
/** What the process may hold, in MB: the worker's heap, and all of its memory. */
const maxHeap = 512;
const maxResident = 1024;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: `${Date.now() % 2 ** 31}` },
    inputs: { type: "string", default: "1000000" },
    minutes: { type: "string", default: "60" },
    from: { type: "string", default: "0" },
    replay: { type: "string" },
  },
});

if (values.replay === undefined) process.exitCode = await run();
else process.exitCode = await replay(values.replay);

async function replay(text: string): Promise<number> {
  const input = parseInput(text);
  if (input === undefined) throw new Error("this is no input: give the text that a finding was printed with");
  // What is found is thrown.
  console.log(await checkInput(input));
  return 0;
}

async function run(): Promise<number> {
  const seed = wholeNumber("seed", values.seed);
  const task: Task = {
    seed,
    from: wholeNumber("from", values.from),
    inputs: wholeNumber("inputs", values.inputs),
    until: Date.now() + wholeNumber("minutes", values.minutes) * 60_000,
    at: new Float64Array(new SharedArrayBuffer(8)),
  };
  console.log(`seed ${seed}, ${task.inputs} inputs from number ${task.from}`);
  const start = performance.now();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeap },
  });
  const watch = watchWorker(task);
  try {
    const outcome = await Promise.race([once(worker, "message").then(([message]) => message as Outcome), watch.alarm]);
    return report(seed, outcome, (performance.now() - start) / 1000, watch.resident());
  } catch (error) {
    const index = task.at[0] ?? 0;
    return found(
      seed,
      index,
      error instanceof Error ? error.message : String(error),
      writeInput(createInputs(seed)(index)),
    );
  } finally {
    watch.stop();
    await worker.terminate();
  }
}

/** Watches the clock and the memory from a thread that no input can hold up. */
function watchWorker({ at }: Task): { alarm: Promise<never>; resident: () => number; stop: () => void } {
  const { promise: alarm, reject } = Promise.withResolvers<never>();
  let [resident, last, since] = [0, at[0], performance.now()];
  const timer = setInterval(() => {
    resident = Math.max(resident, process.memoryUsage.rss());
    if (at[0] !== last) [last, since] = [at[0], performance.now()];
    if (performance.now() - since > maxSeconds * 1000) reject(new Error(`an input takes more than ${maxSeconds} s`));
    if (resident > maxResident * 2 ** 20) reject(new Error(`the process takes more than ${maxResident} MB`));
  }, 250);
  return { alarm, resident: () => resident, stop: () => clearInterval(timer) };
}

function report(
  seed: number,
  { inputs, verdicts, slowest, memory, found: finding }: Outcome,
  seconds: number,
  resident: number,
): number {
  const lines = Object.entries(verdicts).sort(([one], [other]) => one.localeCompare(other));
  for (const [verdict, count] of lines) console.log(`${verdict.padEnd(18)}${count}`);
  console.log(
    `${inputs} inputs in ${seconds.toFixed(0)} s; the slowest, number ${slowest.index}, took ${slowest.milliseconds.toFixed(1)} ms`,
  );
  console.log(
    `memory: at most ${(resident / 2 ** 20).toFixed(0)} MB resident; one input took at most ${(memory.highestShare * 100).toFixed(0)} % of what it may`,
  );
  return finding ? found(seed, finding.index, finding.error, writeInput(finding.input)) : 0;
}

function found(seed: number, index: number, error: string, input: string): number {
  console.error(
    `FOUND with input ${index} of seed ${seed}: ${error}\nTry it again with\nnpm run fuzz -- --replay ${input}`,
  );
  return 1;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number, not "${text}"`);
  return number;
}
