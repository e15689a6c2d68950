import { E6Error } from "../error.ts";

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
  /** A connection that was idle for longer than this, in milliseconds, is pinged before it is lent. Default 30 s. */
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

const limits: { readonly [Name in keyof PoolSettings]: readonly [least: number, most: number] } = {
  min: [0, 1000],
  max: [1, 1000],
  overflow: [0, 1000],
  acquireTimeoutMs: [0, 2 ** 31 - 1],
  recycleMs: [1, Number.MAX_SAFE_INTEGER],
  pingAfterMs: [0, Number.MAX_SAFE_INTEGER],
};

/** Checks the options of a pool. Throws `INVALID_OPTION`, naming the option, the cause and the remedy. */
export function readPoolOptions(options: PoolOptions): PoolSettings {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name)) {
      throw invalid(name, `is not known: known are ${Object.keys(defaults).join(", ")}`);
    }
    // The name is one of the defaults', whose keys are those of the limits.
    const [least, most] = limits[name as keyof PoolSettings];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw invalid(name, `must be a whole number from ${least} to ${most}`);
    }
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...defaults, ...given };
  if (settings.min > settings.max) {
    throw invalid("min", `is above "max": lower it, or raise "max"`);
  }
  return settings;
}

function invalid(name: string, problem: string): E6Error {
  return new E6Error("INVALID_OPTION", `option "${name}" of the pool ${problem}`);
}
