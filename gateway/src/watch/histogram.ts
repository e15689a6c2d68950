/** A class of a histogram: how many values are at most `upTo`, those of the smaller classes included. */
export interface Bucket {
  /** Infinite for the last one. */
  readonly upTo: number;
  readonly count: number;
}

/** Classes in ascending order. */
export type Histogram = readonly Bucket[];

/** How many values there are. */
export function countOf(histogram: Histogram): number {
  return histogram.at(-1)?.count ?? 0;
}

/**
 * The value that a share `q` of all values, from 0 to 1, does not exceed; between the bounds of its class by the
 * straight line. In the last class, which has no upper bound, it is that class's lower one. Undefined without values.
 */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const rank = q * countOf(histogram);
  const index = histogram.findIndex(({ count }) => count > 0 && count >= rank);
  const found = histogram[index];
  if (found === undefined) {
    return undefined;
  }
  const below = histogram[index - 1] ?? { upTo: 0, count: 0 };
  const share = (rank - below.count) / (found.count - below.count);
  return Number.isFinite(found.upTo) ? below.upTo + (found.upTo - below.upTo) * share : below.upTo;
}
