import type { Random } from "../fuzz/random.ts";

/** How long the next thing takes on its way, in milliseconds. */
export type Latency = () => number;

/** What most things take at most, and now and then some of them. */
const longestMs = { calm: [40, 40, 40], rough: [20, 400, 6_000] } as const;

/** How evenly things go. */
export type Weather = keyof typeof longestMs;

/** Mostly short; in rough weather now and then long, and longer than others wait. */
export function createLatency(weather: Weather, random: Random): Latency {
  const [most, some, few] = longestMs[weather];
  return () => {
    const luck = random.below(100);
    return random.below(luck < 75 ? most : luck < 96 ? some : few);
  };
}
