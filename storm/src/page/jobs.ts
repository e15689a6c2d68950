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

/** Rows of a batch, as the storm's engine makes them. */
export const batchRows = 100;

/** The rows that a result of one batch may have, each number from 1 on. */
export const mostShortRows = 60;

/** Batches of a longer result by its kind, at least and at most. */
const batches: Partial<Readonly<Record<LaneKind, readonly [number, number]>>> = {
  long: [3, 8],
  stream: [2, 6],
  break: [2, 6],
};

/** Every number of rows that a result may have. */
export const sizes: readonly number[] = [
  ...Array.from({ length: mostShortRows }, (_, i) => i + 1),
  ...Array.from({ length: 8 }, (_, i) => (i + 1) * batchRows),
];

/** The jobs of a tab, without end: the same for the same seed. */
export function* createJobs(tab: number, seed: number): Generator<Job, never> {
  const random = createRandom(seed * 1000 + tab);
  for (let number = 1; ; number++) {
    const kind = random.pick(mix);
    const many = batches[kind];
    const rows = many === undefined ? random.between(1, mostShortRows) : random.between(...many) * batchRows;
    const leaveAt = kind === "abort" ? random.between(0, 25) : random.between(0, rows - 1);
    yield { kind, trace: traceOf(tab, seed, number), rows, leaveAt };
  }
}

/** A trace id of W3C's form. */
export function traceOf(tab: number, seed: number, number: number): string {
  return [tab + 1, seed, number].map((part, i) => part.toString(16).padStart(i === 1 ? 16 : 8, "0")).join("");
}
