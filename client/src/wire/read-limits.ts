import { E6Error } from "../error.ts";

/** What a reader accepts before it allocates anything. Input past a limit is a `MALFORMED_RESULT`. */
export interface ReadLimits {
  /** Most bytes of one batch or one metadata answer. Default: 268435456 (256 MiB); at most 2147483647. */
  readonly maxBytes: number;
  /** Most rows of one batch; constant columns state rows that take no bytes. Default: 16777216. */
  readonly maxRows: number;
  /** Most columns of a result. Default: 65536. */
  readonly maxColumns: number;
  /** Deepest nesting within a field that this reader does not know and skips. Default: 64; at most 1024. */
  readonly maxDepth: number;
}

/** The limits that hold where the caller states none. */
export const defaultReadLimits: ReadLimits = {
  maxBytes: 256 * 1024 * 1024,
  maxRows: 16 * 1024 * 1024,
  maxColumns: 64 * 1024,
  maxDepth: 64,
};

// Positions are kept as int32, row counts travel as int32, and skipping recurses.
const highest: ReadLimits = {
  maxBytes: 2 ** 31 - 1,
  maxRows: 2 ** 31 - 1,
  maxColumns: 2 ** 31 - 1,
  maxDepth: 1024,
};

/**
 * The caller's limits over the defaults.
 *
 * @throws E6Error `INVALID_OPTION` where a limit is not a whole number in its range.
 */
export function resolveReadLimits(options: Partial<ReadLimits>): ReadLimits {
  return {
    maxBytes: resolveLimit("maxBytes", options),
    maxRows: resolveLimit("maxRows", options),
    maxColumns: resolveLimit("maxColumns", options),
    maxDepth: resolveLimit("maxDepth", options),
  };
}

function resolveLimit(name: keyof ReadLimits, options: Partial<ReadLimits>): number {
  const value = options[name] ?? defaultReadLimits[name];
  if (!Number.isInteger(value) || value < 1 || value > highest[name]) {
    throw new E6Error(
      "INVALID_OPTION",
      `${name} is ${value}, which is not a whole number from 1 to ${highest[name]}.`,
      {
        hint: `Leave ${name} out for its default, ${defaultReadLimits[name]}.`,
      },
    );
  }
  return value;
}
