import { Endianness, field, type Schema, Version } from "@uwdata/flechette";
import { E6Error } from "../error.ts";
import { metadataType } from "../result/column-type.ts";
import { uniqueNames } from "../result/unique-names.ts";
import type { Column } from "../wire/column.ts";
import type { ResultBatch } from "../wire/result-batch.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import { type ArrowColumn, isNothing, layoutOf } from "./arrow-column.ts";
import { type ArrowForm, arrowForms, zoneForm } from "./arrow-form.ts";
import { decimalPrecision } from "./decimal-values.ts";

/** How a result becomes Arrow. */
export interface ArrowOptions {
  /**
   * The scales of DECIMAL128 columns, each from 0 to 38, by the columns' unique names. Default: the largest scale among the batches that are there when
   * the schema is written, and 18 where none of them has a value.
   */
  readonly decimalScales?: Readonly<Record<string, number>> | undefined;
  /**
   * Whether the zones of TIMESTAMP_TZ columns are kept: after the last column stands one of texts for each of them, `NAME_zone`, with each row's
   * zone as the engine sent it. Default: false.
   */
  readonly zoneColumns?: boolean | undefined;
}

/** The scale of decimals of which nothing is known: as far from the point on both sides as it goes, nearly. */
const unknownScale = 18;

/**
 * Settles the columns by what the batches hold. A column without a value in them is of the type that the metadata says.
 *
 * @throws E6Error `INVALID_OPTION` for a scale that is none, or of a column that is not there.
 */
export function settleColumns(
  fields: readonly ResultField[],
  batches: readonly ResultBatch[],
  { decimalScales = {}, zoneColumns = false }: ArrowOptions,
): ArrowColumn[] {
  const names = uniqueNames(fields);
  assertScales(decimalScales, names);
  const settled = fields.map((own, index) => {
    const columns = batches.map((batch) => batch.column(index));
    const telling = columns.filter((column) => !isNothing(column));
    const type = (telling[0] ?? columns.find((column) => column.type !== "NULL"))?.type ?? metadataType(own);
    // A name for each field.
    const name = names[index] as string;
    const told = Object.hasOwn(decimalScales, name) ? decimalScales[name] : undefined;
    const scale = type === "DECIMAL128" ? (told ?? commonScale(columns)) : 0;
    return { ...arrowColumn(name, index, arrowForms[type], scale, own.type || type), type };
  });
  if (!zoneColumns) return settled;
  const zoned = settled.filter(({ type }) => type === "TIMESTAMP_TZ");
  const zones = zoned.map(({ field: { name } }) => ({ name: `${name}_zone`, type: "", zone: "", format: "" }));
  const zoneNames = uniqueNames([...fields, ...zones]).slice(fields.length);
  return [...settled, ...zoned.map(({ index }, zone) => arrowColumn(zoneNames[zone] as string, index, zoneForm))];
}

/** The schema as flechette has it. */
export function arrowSchema(columns: readonly ArrowColumn[]): Schema {
  return {
    version: Version.V5,
    endianness: Endianness.Little,
    fields: columns.map((column) => column.field),
    metadata: null,
  };
}

function arrowColumn(name: string, index: number, form: ArrowForm, scale = 0, engineType?: string): ArrowColumn {
  const metadata = engineType ? new Map([["e6data.type", engineType]]) : null;
  return { index, field: field(name, form.type(scale), true, metadata), form, scale };
}

function assertScales(scales: Readonly<Record<string, number>>, names: readonly string[]): void {
  for (const [name, scale] of Object.entries(scales)) {
    if (names.includes(name) && Number.isInteger(scale) && scale >= 0 && scale <= decimalPrecision) continue;
    throw new E6Error("INVALID_OPTION", `decimalScales has ${scale} for the column ${JSON.stringify(name)}.`, {
      hint: `Use a whole number from 0 to ${decimalPrecision}, for a column of the result.`,
    });
  }
}

/** The scale that holds the digits of all values, as far as decimal128 does. */
function commonScale(columns: readonly Column[]): number {
  let most: number | undefined;
  for (const column of columns) {
    const scale = scaleOf(column);
    if (scale !== undefined && (most === undefined || scale > most)) most = scale;
  }
  return Math.min(Math.max(most ?? unknownScale, 0), decimalPrecision);
}

function scaleOf(column: Column): number | undefined {
  const layout = layoutOf(column);
  const { scale } = layout.one ?? layout;
  // Of a column that is nothing but null, 0 may be what stands there when nobody has said a scale.
  if (isNothing(column)) return scale || undefined;
  if (scale !== undefined || column.type !== "DECIMAL128") return scale;
  // Texts, each with a scale of its own.
  let most: number | undefined;
  for (let row = 0; row < (layout.one ? 1 : column.rowCount); row++) {
    const own = column.get(row)?.scale;
    if (own !== undefined && (most === undefined || own > most)) most = own;
  }
  return most;
}
