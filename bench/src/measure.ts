/** One thing to measure. */
export interface Subject {
  readonly name: string;
  /** Does it once and tells how many milliseconds it took. */
  measure(): number | Promise<number>;
}

/** What was seen of a subject, in milliseconds. */
export interface Timing {
  readonly name: string;
  readonly min: number;
  readonly median: number;
  /** The only one of the three that has in it all the time that collecting garbage takes, and all that other programs took. */
  readonly mean: number;
}

/** How often to measure. */
export interface Rounds {
  /** Rounds that are not counted: compilers warm up. */
  readonly warmUp: number;
  readonly counted: number;
}

/** A subject that runs in this process. Its result lives until the clock has stopped: no compiler can drop the work. */
export function timed(name: string, work: () => unknown): Subject {
  return {
    name,
    measure: () => {
      const start = performance.now();
      const result = work();
      const time = performance.now() - start;
      if (result === undefined) throw new Error(`${name} came to nothing`);
      return time;
    },
  };
}

/**
 * Measures all subjects in turn, round by round, so that whatever else the machine does meanwhile meets them alike. Each round begins with
 * another subject: the garbage of all is collected while one of them runs, and that should not always be the same one. Returns what was
 * seen of each in the counted rounds.
 */
export async function inRounds<T>(
  subjects: readonly { readonly name: string; measure(): T | Promise<T> }[],
  rounds: Rounds,
): Promise<Map<string, T[]>> {
  const seen = subjects.map((subject) => ({ subject, results: [] as T[] }));
  for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
    const first = round % seen.length;
    for (const { subject, results } of [...seen.slice(first), ...seen.slice(0, first)]) {
      const result = await subject.measure();
      if (round >= rounds.warmUp) results.push(result);
    }
  }
  return new Map(seen.map(({ subject: { name }, results }) => [name, results]));
}

/** Measures times {@link inRounds}. */
export async function measureRounds(subjects: readonly Subject[], rounds: Rounds): Promise<Map<string, Timing>> {
  const seen = await inRounds(subjects, rounds);
  return new Map([...seen].map(([name, times]) => [name, summarise(name, times)]));
}

/** Measures each subject for itself, again and again, so that its data stay in the processor's caches. */
export async function measureAlone(subjects: readonly Subject[], rounds: Rounds): Promise<Map<string, Timing>> {
  const timings = new Map<string, Timing>();
  for (const subject of subjects) {
    for (const [name, timing] of await measureRounds([subject], rounds)) timings.set(name, timing);
  }
  return timings;
}

function summarise(name: string, times: readonly number[]): Timing {
  return {
    name,
    min: quantile(times, 0),
    median: quantile(times, 0.5),
    mean: times.reduce((sum, time) => sum + time, 0) / times.length,
  };
}

/** The value below which this part of all values lies: 0.5 is the median. `NaN` of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
