import { type Check, checkAll, invalidOption, wholeNumberFrom } from "../checks.ts";
import { longestSleepMs } from "../runtime.ts";

/** How a pool behaves. */
export interface PoolOptions {
  /** Connections that are opened at once and kept. Default 0. */
  readonly min?: number | undefined;
  /** Connections that are kept at most. Default 4. */
  readonly max?: number | undefined;
  /** Connections beyond `max`, closed as soon as they are given back. Default 0. */
  readonly overflow?: number | undefined;
  /** How long to wait for a connection, in milliseconds; then `POOL_TIMEOUT`. Default 30 s. */
  readonly acquireTimeoutMs?: number | undefined;
  /** A connection older than this, in milliseconds, is replaced when it is idle. Default one hour. */
  readonly recycleMs?: number | undefined;
  /** A connection that was idle for so long, in milliseconds, is pinged before it is lent; 0: each time. Default 30 s. */
  readonly pingAfterMs?: number | undefined;
}

/** {@link PoolOptions} checked, with every default filled in. */
export type PoolSettings = { readonly [Name in keyof PoolOptions]-?: number };

const defaults: PoolSettings = {
  min: 0,
  max: 4,
  overflow: 0,
  acquireTimeoutMs: 30_000,
  recycleMs: 3_600_000,
  pingAfterMs: 30_000,
};

const checks: { readonly [Name in keyof PoolSettings]: Check } = {
  min: wholeNumberFrom(0, 1000),
  max: wholeNumberFrom(1, 1000),
  overflow: wholeNumberFrom(0, 1000),
  acquireTimeoutMs: wholeNumberFrom(0, longestSleepMs),
  recycleMs: wholeNumberFrom(1, Number.MAX_SAFE_INTEGER),
  pingAfterMs: wholeNumberFrom(0, Number.MAX_SAFE_INTEGER),
};

/** Checks the options of a pool. Throws `INVALID_OPTION`, naming the option, the cause and the remedy. */
export function readPoolOptions(options: PoolOptions): PoolSettings {
  checkAll(options, checks, "the pool");
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...defaults, ...given };
  if (settings.min > settings.max) throw invalidOption("min", 'is above "max"', 'lower it, or raise "max"');
  return settings;
}
