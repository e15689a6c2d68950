import { E6Error } from "../error.ts";
import type { Column, Value } from "../wire/column.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import type { ExactValues } from "./dialect.ts";
import type { PlainNumber } from "./plain-number.ts";
import type { Convert, Reading } from "./reading-options.ts";
import { jsonForms, plainForms } from "./standard-values.ts";

/** A value that is there. */
export type Present = Exclude<Value, null>;

/** Makes a dialect's value of an exact one. `row` is its place in the result, for errors. */
export type CellReader = (value: Present, row: number) => unknown;

/** A column of a result and how it is to be read. */
export interface ColumnReading {
  readonly field: ResultField;
  /** The column's name among the {@link uniqueNames}. */
  readonly name: string;
  readonly reading: Reading;
}

/** How to read the values of a column that has them in this type. Undefined where they stay as they are. */
export function cellReader(column: ColumnReading, type: Column["type"]): CellReader | undefined {
  if (type === "NULL") return undefined;
  const standard = standardReader(column, type);
  const convert = conversionOf(column, type);
  return convert ? callersReader(column, convert, standard) : standard;
}

/** The caller's conversion of a column, where there is one. */
export function conversionOf(
  { name, reading }: ColumnReading,
  type: keyof ExactValues,
): Convert<Present, unknown, unknown> | undefined {
  const { types, fields } = reading.convert;
  const convert = fields && Object.hasOwn(fields, name) ? fields[name] : types?.[type];
  // A column of the type has values of the type, which the conversion takes.
  return convert as Convert<Present, unknown, unknown> | undefined;
}

/** The number of a raw value, unless digits would be lost against the caller's will. */
export function plainNumberReader<Raw>(
  column: ColumnReading,
  { of, keeps }: PlainNumber<Raw>,
): (raw: Raw, row: number) => number {
  if (column.reading.lossy === "allow") return of;
  return (raw, row) => {
    const number = of(raw);
    if (!keeps(raw, number)) throw precisionLoss(column.name, row);
    return number;
  };
}

const textTypes: ReadonlySet<Column["type"]> = new Set(["STRING", "ARRAY", "MAP", "STRUCT"]);

/** Reads the values of a batch's column one after the other: texts are decoded together, all else when it is asked for. */
export function valueReader(column: Column): (row: number) => Value {
  if (!textTypes.has(column.type)) return (row) => column.get(row);
  // A column of texts has an array of its values.
  const texts = column.toArray() as readonly (string | null)[];
  return (row) => texts[row] ?? null;
}

function standardReader(column: ColumnReading, type: keyof ExactValues): CellReader | undefined {
  const { dialect } = column.reading;
  // Both tables tell what they take by the type: a column of the type has values of the type.
  if (dialect === "json") return jsonForms[type] as CellReader | undefined;
  const form = dialect === "plain" ? plainForms[type] : undefined;
  if (form === undefined) return undefined;
  const { wrap } = form;
  const raw = form.raw as (value: Present) => unknown;
  const number = plainNumberReader(column, form.number as PlainNumber<unknown>);
  return wrap ? (value, row) => wrap(number(raw(value), row)) : (value, row) => number(raw(value), row);
}

function callersReader(
  { field }: ColumnReading,
  convert: Convert<Present, unknown, unknown>,
  standard: CellReader = (value) => value,
): CellReader {
  let current = 0;
  const fallBack = (value: Present) => standard(value, current);
  return (value, row) => {
    current = row;
    return convert(value, field, fallBack);
  };
}

function precisionLoss(name: string, row: number): E6Error {
  return new E6Error(
    "PRECISION_LOSS",
    `Row ${row} of the column ${JSON.stringify(name)} has a value that plain JavaScript would not hold exactly.`,
    { hint: 'Read it in the dialect "exact" or "json", convert the column yourself, or allow it by lossy: "allow".' },
  );
}
