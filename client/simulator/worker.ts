/** One of the threads among which `main.ts` shares out the histories. */
import { parentPort, workerData } from "node:worker_threads";
import { type Share, type Tally, tallyUp } from "./tally.ts";

/** What a worker says. */
export type WorkerNews =
  | { readonly type: "found"; readonly seed: number; readonly text: string }
  | { readonly type: "done"; readonly tally: Tally };

// Nobody reads the stacks of the many errors that belong to a history, and they take their time.
Error.stackTraceLimit = 0;

// Who starts this worker gives it its share.
const share = workerData as Share;
let current = share.from;
let isEnough = false;
const say = (news: WorkerNews) => parentPort?.postMessage(news);

process.on("unhandledRejection", (error) => {
  say({ type: "found", seed: current, text: `a rejection that nobody handles: ${error}` });
  throw error;
});
parentPort?.on("message", () => {
  isEnough = true;
});

const tally = await tallyUp(share, {
  begins: (seed) => {
    current = seed;
  },
  found: (seed, text) => say({ type: "found", seed, text }),
  isEnough: () => isEnough,
});
say({ type: "done", tally });
parentPort?.close();
