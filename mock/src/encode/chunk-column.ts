import type { VectorSlice } from "./vector-slice.ts";
import type { VectorType } from "./vector-type.ts";

/**
 * One column of a batch. What its slices hold is decided by the type: BOOLEAN bytes; INTEGER 32-bit integers; LONG and
 * INTERVAL_DAY_SECOND, DATE, DATETIME, TIMESTAMP, TIMESTAMP_TZ (microseconds) 64-bit integers; FLOAT 32-bit and DOUBLE
 * 64-bit floats; DECIMAL128 128-bit integers; NULL nothing; all others string entries.
 */
export interface ChunkColumn {
  readonly type: VectorType;
  /** DECIMAL128: how many digits stand behind the point. Default 0. */
  readonly scale?: number;
  /** TIMESTAMP_TZ: the zone in which to show each value. Without it no zones are sent. */
  readonly zone?: string;
  /** The rows of the batch, in their order. */
  readonly slices: readonly VectorSlice[];
}
