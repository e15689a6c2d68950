import { invalidOption } from "../checks.ts";
import type { Value } from "../wire/column.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { type Dialect, type DialectValues, dialects, type ExactValues } from "./dialect.ts";

/**
 * Turns a value that is not null into what the caller wants instead.
 *
 * @param value The exact value.
 * @param field The column that it is of.
 * @param standard What the dialect would make of a value: to fall back on.
 */
export type Convert<Exact, Default, Made> = (
  value: Exact,
  field: ResultField,
  standard: (value: Exact) => Default,
) => Made;

/** Conversions of the caller's own. That of a field stands above that of its type. Nulls stay null and are not handed to them. */
export interface Conversions<D extends Dialect, Made> {
  /** By type: that of the column's values, which stands above that of the metadata. */
  readonly types?: {
    readonly [Type in keyof ExactValues]?: Convert<ExactValues[Type], Exclude<DialectValues[D], null>, Made>;
  };
  /** By the column's name in row objects; names that the result does not have are passed over. */
  readonly fields?: Readonly<Record<string, Convert<Exclude<Value, null>, Exclude<DialectValues[D], null>, Made>>>;
}

/** How values are read. */
export interface ReadingOptions<D extends Dialect = Dialect, Made = unknown> {
  /** Default: `exact`. */
  readonly dialect?: D | undefined;
  /**
   * What becomes of a value that the dialect `plain` cannot hold: an integer beyond 2^53 - 1, a decimal or an interval with more digits
   * than a number keeps, a moment between two milliseconds, a date that `Date` does not reach. `"refuse"`, the default, throws
   * `PRECISION_LOSS`; `"allow"` takes the nearest number, the millisecond before, or an invalid `Date`.
   */
  readonly lossy?: "refuse" | "allow" | undefined;
  /** Default: none. */
  readonly convert?: Conversions<D, Made> | undefined;
}

/** A conversion of which only the caller knows what it takes. */
type AnyConvert = (value: never, field: ResultField, standard: (value: unknown) => never) => unknown;

/** Options that are complete. */
export interface Reading {
  readonly dialect: Dialect;
  readonly lossy: "refuse" | "allow";
  readonly convert: {
    readonly types?: Readonly<Partial<Record<string, AnyConvert>>>;
    readonly fields?: Readonly<Partial<Record<string, AnyConvert>>>;
  };
}

/** Options as a caller gives them, of whatever types. */
export type AnyReadingOptions = { readonly [Option in keyof Reading]?: Reading[Option] | undefined };

/**
 * Fills in what the options leave out: from `defaults`, and what those leave out too from the defaults of {@link ReadingOptions}.
 *
 * @throws E6Error `INVALID_OPTION` for a dialect or a `lossy` that does not exist.
 */
export function resolveReading(options: AnyReadingOptions = {}, defaults: AnyReadingOptions = {}): Reading {
  const dialect = options.dialect ?? defaults.dialect ?? "exact";
  const lossy = options.lossy ?? defaults.lossy ?? "refuse";
  assertOneOf("dialect", dialect, dialects);
  assertOneOf("lossy", lossy, ["refuse", "allow"]);
  return { dialect, lossy, convert: options.convert ?? defaults.convert ?? {} };
}

/** Checks an option that is one of a few words. @throws E6Error `INVALID_OPTION` if it is none of them. */
export function assertOneOf(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    throw invalidOption(option, "is not known", `pass one of ${choices.join(", ")}`);
  }
}
