import { createRandom } from "../random.ts";
import type { LaneKind } from "./told.ts";

/** One thing to do. */
export interface Job {
  readonly kind: LaneKind;
  /** 32 hexadecimal digits that no other job has: the tab, the seed, the job's number. */
  readonly trace: string;
  /** Rows of its result. */
  readonly rows: number;
  /** The row before which its reader leaves, or the milliseconds after which its signal ends it. */
  readonly leaveAt: number;
}

/** Of a hundred jobs, about so many of each kind. */
const mix: readonly (readonly [number, LaneKind])[] = [
  [50, "short"],
  [8, "bound"],
  [9, "long"],
  [4, "cursor"],
  [8, "stream"],
  [5, "break"],
  [3, "abort"],
  [10, "insert"],
  [3, "create"],
];

/** Rows of a result by its kind, at least and at most; with the storm's batches of a hundred rows. */
const sizes: Partial<Readonly<Record<LaneKind, readonly [number, number]>>> = {
  long: [400, 1200],
  stream: [300, 900],
  break: [300, 900],
};

/** The jobs of a tab, without end: the same for the same seed. */
export function* createJobs(tab: number, seed: number): Generator<Job, never> {
  const random = createRandom(seed * 1000 + tab);
  for (let number = 1; ; number++) {
    const kind = random.pick(mix);
    const rows = random.between(...(sizes[kind] ?? [1, 60]));
    const leaveAt = kind === "abort" ? random.between(0, 25) : random.between(0, rows - 1);
    yield { kind, trace: traceOf(tab, seed, number), rows, leaveAt };
  }
}

/** A trace id of W3C's form. */
export function traceOf(tab: number, seed: number, number: number): string {
  return [tab + 1, seed, number].map((part, i) => part.toString(16).padStart(i === 1 ? 16 : 8, "0")).join("");
}
