import { describe, expect, it } from "vitest";
import { createJobs, type Job, sizes, traceOf } from "./jobs.ts";
import { bufferedKinds, writeKinds } from "./told.ts";

const take = (tab: number, seed: number, count = 300): Job[] => {
  const jobs = createJobs(tab, seed);
  return Array.from({ length: count }, () => jobs.next().value);
};

describe("createJobs()", () => {
  it("makes the same jobs of the same seed, and others in another tab", () => {
    expect(take(1, 2)).toEqual(take(1, 2));
    expect(take(1, 2).map(({ kind }) => kind)).not.toEqual(take(2, 2).map(({ kind }) => kind));
  });

  it("makes jobs of every kind, with results of the sizes that it names", () => {
    const jobs = take(0, 1);
    const others = ["stream", "break", "abort"];
    expect(new Set(jobs.map(({ kind }) => kind))).toEqual(new Set([...bufferedKinds, ...writeKinds, ...others]));
    expect(jobs.filter(({ rows }) => !sizes.includes(rows))).toEqual([]);
    expect(jobs.filter(({ kind, leaveAt, rows }) => kind === "break" && leaveAt >= rows)).toEqual([]);
  });
});

describe("traceOf()", () => {
  it("is a trace id that no other job has", () => {
    const traces = [0, 7].flatMap((tab) =>
      [1, 2].flatMap((seed) => [0, 1, 99_999].map((job) => traceOf(tab, seed, job))),
    );
    expect(new Set(traces).size).toBe(12);
    expect(traces.filter((trace) => !/^(?!0{32})[0-9a-f]{32}$/.test(trace))).toEqual([]);
  });
});
