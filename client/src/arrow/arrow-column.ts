import { type Batch, batchType, type ExtractionOptions, type Field, Type } from "@uwdata/flechette";
import { E6Error } from "../error.ts";
import type { Column } from "../wire/column.ts";
import type { ColumnLayout } from "../wire/column-layout.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import { type ArrowBuffers, type ArrowForm, arrowForms, zoneForm } from "./arrow-form.ts";
import { packNulls } from "./bits.ts";
import { decimalPrecision } from "./decimal-values.ts";
import { TextBatch } from "./text-batch.ts";

/** A column as it stands in the schema. */
export interface ArrowColumn {
  /** Its place in the batches. */
  readonly index: number;
  readonly field: Field;
  readonly form: ArrowForm;
  /** The scale of its decimals; of no meaning in other columns. */
  readonly scale: number;
}

/** The layout of a column; see {@link ColumnLayout}. */
export function layoutOf(column: Column): ColumnLayout {
  // The columns of a batch have one, which their public type does not tell.
  return column as Column & ColumnLayout;
}

/** Tells whether a column of a batch says, without its rows, that they are all null. */
export function isNothing(column: Column): boolean {
  return column.type === "NULL" || layoutOf(column).one?.nulls !== undefined;
}

/**
 * What a batch has of a column, as flechette wants it.
 *
 * @param start The place of the batch's first row in the result, for errors.
 * @throws E6Error `UNSUPPORTED` where the batch has another type than the schema, or a decimal that its type does not hold.
 */
export function arrowBatch(
  arrow: ArrowColumn,
  batch: ResultBatch,
  start: number,
  extraction: ExtractionOptions,
): Batch<unknown> {
  const { form, field } = arrow;
  const { type } = field;
  const length = batch.rowCount;
  const buffers = buffersOf(arrow, batch.column(arrow.index), start);
  const { nulls, ...parts } = buffers ?? form.nothing(length);
  const validity = buffers ? packNulls(nulls) : { nullCount: length, validity: new Uint8Array(Math.ceil(length / 8)) };
  const PartBatch = type.typeId === Type.Utf8 ? TextBatch : batchType(type, extraction);
  return new PartBatch({ type, length, ...validity, ...parts });
}

function buffersOf(arrow: ArrowColumn, column: Column, start: number): ArrowBuffers | undefined {
  if (isNothing(column)) return undefined;
  const { form, scale } = arrow;
  if (form !== zoneForm && form !== arrowForms[column.type]) throw otherType(arrow, column.type, start);
  const misfit = (row: number) => decimalMisfit(arrow, start + row);
  return form.buffers({ column, layout: layoutOf(column), scale, misfit });
}

function otherType({ field }: ArrowColumn, type: string, start: number): E6Error {
  return new E6Error(
    "UNSUPPORTED",
    `From row ${start} on the column ${JSON.stringify(field.name)} is of type ${type}, which is another one to Arrow than before.`,
    { hint: "Cast the column in SQL: in Arrow it has one type throughout." },
  );
}

function decimalMisfit({ field, scale }: ArrowColumn, row: number): E6Error {
  return new E6Error(
    "UNSUPPORTED",
    `Row ${row} of the column ${JSON.stringify(field.name)} has a decimal that decimal128(${decimalPrecision}, ${scale}) does not hold.`,
    { hint: "State the scale that it needs by decimalScales, or cast the column in SQL." },
  );
}
