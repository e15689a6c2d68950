import { base64 } from "./base64.ts";
import type { ExactValues } from "./dialect.ts";
import { type PlainNumber, plainDecimal, plainInteger, plainInterval, plainMoment } from "./plain-number.ts";

/** How a type is read in the dialect `plain`: from the exact value to what its number is made of, and from the number to the value. */
export interface PlainForm {
  readonly raw: (value: never) => unknown;
  readonly number: PlainNumber<never>;
  /** Default: the number itself. */
  readonly wrap?: (number: number) => Date;
}

const micros = (value: { readonly micros: bigint }): bigint => value.micros;
const same = <T>(value: T): T => value;
const moment: PlainForm = { raw: micros, number: plainMoment, wrap: (millis) => new Date(millis) };

/** The types whose plain value differs from the exact one. */
export const plainForms: { readonly [Type in keyof ExactValues]?: PlainForm } = {
  LONG: { raw: same, number: plainInteger },
  DATE: moment,
  DATETIME: moment,
  TIMESTAMP: moment,
  TIMESTAMP_TZ: moment,
  INTERVAL_DAY_SECOND: { raw: micros, number: plainInterval },
  DECIMAL128: { raw: same, number: plainDecimal },
};

const finiteOrText = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** The types whose value in the dialect `json` differs from the exact one. */
export const jsonForms: { readonly [Type in keyof ExactValues]?: (value: ExactValues[Type]) => number | string } = {
  LONG: String,
  DOUBLE: finiteOrText,
  FLOAT: finiteOrText,
  DATE: String,
  DATETIME: String,
  TIMESTAMP: String,
  TIMESTAMP_TZ: String,
  INTERVAL_DAY_SECOND: String,
  DECIMAL128: String,
  BINARY: base64,
};
