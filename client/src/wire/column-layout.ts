import type { FixedWidth } from "./fixed-width.ts";
import type { Texts } from "./texts.ts";

/**
 * What every column of a batch is made of as it lies in the bytes, for a reader inside this package that takes the parts over whole. No part of
 * the public API.
 */
export interface ColumnLayout {
  /** A byte for each row, 1 where it is null; undefined where no row is, and in a column of the type NULL. */
  readonly nulls?: Uint8Array | undefined;
  /** Where the values lie, in columns of doubles and of int64, whatever these stand for. */
  readonly at?: FixedWidth;
  /** Where the values lie, in columns of texts, of bytes and of decimals. */
  readonly texts?: Texts;
  /** Of decimals: undefined where they are texts, each with a scale of its own. */
  readonly scale?: number | undefined;
  /** Of timestamps: each row's zone, where the engine sent them. */
  readonly zones?: ColumnLayout | undefined;
  /** The column with the one row that stands for all of this one, in a constant column. */
  readonly one?: ColumnLayout;
}
