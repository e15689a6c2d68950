import type { ManualRuntime } from "./manual-runtime.ts";
import { settle } from "./settle.ts";

const stepMs = 50;

/** Lets time pass, bit by bit, until work has ended. */
export async function passTime<T>(runtime: ManualRuntime, work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    await settle();
    // What waits for nothing but a call has its time too.
    if (runtime.sleeping.length > 0) runtime.advance(stepMs);
  }
  return await work;
}
