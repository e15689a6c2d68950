import { parentPort, workerData } from "node:worker_threads";
import { checkInput, createInputs, type Input } from "./input.ts";
import type { MemoryRecord } from "./memory-bound.ts";

/** What a worker is to do. */
export interface Task {
  readonly seed: number;
  /** The number of the first input. */
  readonly from: number;
  readonly inputs: number;
  /** When to stop, in milliseconds since the epoch, whatever is left. */
  readonly until: number;
  /** Where the worker tells the number of the input that it is at. */
  readonly at: Float64Array;
}

/** What a worker came to. */
export interface Outcome {
  readonly inputs: number;
  /** How often each kind of input was read, and how often refused. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly slowest: { readonly index: number; readonly milliseconds: number };
  readonly memory: MemoryRecord;
  /** The first input at which something was found, which ended the work. */
  readonly found?: { readonly index: number; readonly input: Input; readonly error: string };
}

// An assertion, not a check: this file is run by main.ts alone.
parentPort?.postMessage(await work(workerData as Task));

async function work({ seed, from, inputs, until, at }: Task): Promise<Outcome> {
  const make = createInputs(seed);
  const verdicts: Record<string, number> = {};
  const memory: MemoryRecord = { highestShare: 0 };
  let slowest = { index: from, milliseconds: 0 };
  for (let index = from; index < from + inputs; index++) {
    at[0] = index;
    if (index % 256 === 0 && Date.now() > until) return { inputs: index - from, verdicts, slowest, memory };
    const input = make(index);
    const start = performance.now();
    try {
      const pending = checkInput(input, memory);
      const verdict = `${input.kind} ${typeof pending === "string" ? pending : await pending}`;
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { inputs: index - from + 1, verdicts, slowest, memory, found: { index, input, error: text } };
    }
    const milliseconds = performance.now() - start;
    if (milliseconds > slowest.milliseconds) slowest = { index, milliseconds };
  }
  return { inputs, verdicts, slowest, memory };
}
