import { anyTrue } from "./bools.ts";
import type { Column, Value } from "./column.ts";
import type { ColumnLayout } from "./column-layout.ts";
import { ConstantColumn } from "./constant-column.ts";
import { maxDecimalBytes, maxDecimalScale } from "./decimal-reader.ts";
import type { FixedWidth } from "./fixed-width.ts";
import { DateColumn, IntervalColumn, TimestampColumn } from "./micros-columns.ts";
import { NullColumn } from "./null-column.ts";
import { BooleanColumn, DoubleColumn, FloatColumn, IntegerColumn, LongColumn } from "./number-columns.ts";
import type { RowFiller, StoredColumn } from "./stored-column.ts";
import { BinaryColumn, DecimalColumn, TextColumn } from "./text-columns.ts";
import { Texts } from "./texts.ts";
import type { Vector } from "./vector.ts";
import type { DataFormName, VectorData } from "./vector-data.ts";
import type { ReadableType } from "./vector-type.ts";
import type { WireSource } from "./wire-source.ts";

/** A column as a batch keeps it. */
export type BatchColumn = Column & RowFiller & ColumnLayout;

/** The two forms that a type's values come in. */
type Forms = readonly [list: DataFormName, constant: DataFormName];

const varchar: Forms = ["VarcharData", "VarcharConstantData"];
const int64: Forms = ["Int64Data", "NumericConstantData"];
const time: Forms = ["TimeData", "TimeConstantData"];

const formsOfType: Readonly<Record<Exclude<ReadableType, "NULL">, Forms>> = {
  BINARY: varchar,
  BOOLEAN: ["BoolData", "BoolConstantData"],
  DOUBLE: ["Float64Data", "NumericDecimalConstantData"],
  FLOAT: ["Float32Data", "NumericDecimalConstantData"],
  INTEGER: ["Int32Data", "NumericConstantData"],
  LONG: int64,
  STRING: varchar,
  DATE: ["DateData", "DateConstantData"],
  DATETIME: time,
  TIMESTAMP: time,
  STRUCT: varchar,
  MAP: varchar,
  ARRAY: varchar,
  TIMESTAMP_TZ: time,
  DECIMAL128: ["Decimal128Data", "NumericDecimal128ConstantData"],
  INTERVAL_DAY_SECOND: int64,
};

/**
 * Makes the column of a vector, once its data were found to be of the type's form and to have a value for each row.
 *
 * @throws E6Error `MALFORMED_RESULT` where they are not.
 */
export function createColumn(source: WireSource, vector: Vector): BatchColumn {
  const { type, constant, rowCount } = vector;
  if (type === "NULL") return new NullColumn(rowCount);
  const data =
    constant && vector.nulls ? noData(source, vector.data?.scale) : checkedData(source, vector, formsOfType[type]);
  const spread = <Type extends ReadableType, Item extends Value, Items>(column: StoredColumn<Type, Item, Items>) =>
    constant ? new ConstantColumn(column, rowCount) : column;
  const at: FixedWidth = { view: source.view, start: data.start, rowCount: data.count, nulls: vector.nulls };
  switch (type) {
    case "LONG":
      return spread(new LongColumn(at));
    case "INTEGER":
      return spread(new IntegerColumn(constant ? lowHalf(source, at) : at));
    case "DOUBLE":
      return spread(new DoubleColumn(at));
    case "FLOAT":
      return spread(new FloatColumn(at));
    case "BOOLEAN":
      return spread(new BooleanColumn(at));
    case "DATE":
      return spread(new DateColumn(at));
    case "INTERVAL_DAY_SECOND":
      return spread(new IntervalColumn(at));
    case "DATETIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return spread(new TimestampColumn(type, at, data.zones && new TextColumn("STRING", data.zones, vector.nulls)));
    case "DECIMAL128":
      return spread(new DecimalColumn(source, data.texts, data.scale, vector.nulls));
    case "BINARY":
      return spread(new BinaryColumn(data.texts, vector.nulls));
    default:
      return spread(new TextColumn(type, data.texts, vector.nulls));
  }
}

/** Stands in for the data of a constant null: whatever form they came in, nothing is read from them but the scale. */
function noData(source: WireSource, scale: number | undefined): VectorData {
  const texts = new Texts(source, Int32Array.of(0, 4));
  return { form: "NullConstantData", start: 0, count: 1, texts, scale, zones: undefined };
}

function checkedData(source: WireSource, vector: Vector, forms: Forms): VectorData {
  const { data, constant, index, start, type, rowCount } = vector;
  const [list, one] = forms;
  const form = constant ? one : list;
  const what = `the ${constant ? "constant " : ""}${type} vector of column ${index}`;
  if (data === undefined) throw source.malformed(start, `${what} has no data that this client knows`);
  if (data.form !== form) throw source.malformed(start, `${what} has ${data.form}, not ${form}`);
  if (!constant && data.count !== rowCount) {
    throw source.malformed(start, `${what} has ${data.count} values for ${rowCount} rows`);
  }
  const zones = data.zones?.count ? data.zones : undefined;
  if (zones && zones.count !== data.count) {
    throw source.malformed(start, `${what} has ${zones.count} zones for ${data.count} values`);
  }
  if (type === "BOOLEAN") anyTrue(source, source.bytes.subarray(data.start, data.start + data.count));
  if (type === "DECIMAL128") checkDecimals(source, vector, data);
  return { ...data, zones };
}

/** Checks what a decimal's value is made of, so that reading one cannot fail or grow without bound later. */
function checkDecimals(source: WireSource, vector: Vector, { texts, scale }: VectorData): void {
  // Without a scale they are texts, which are read when they are asked for.
  if (scale === undefined) return;
  if (Math.abs(scale) > maxDecimalScale) {
    throw source.malformed(vector.start, `the scale of column ${vector.index} is ${scale}, past ${maxDecimalScale}`);
  }
  for (let row = 0; row < texts.count; row++) {
    const length = texts.end(row) - texts.start(row);
    if ((length < 1 || length > maxDecimalBytes) && vector.nulls?.[row] !== 1) {
      throw source.malformed(
        texts.start(row),
        `row ${row} of column ${vector.index} has a decimal of ${length} bytes, not 1 to ${maxDecimalBytes}`,
      );
    }
  }
}

/** An INTEGER that is constant comes as an int64: its value is in the last four bytes. */
function lowHalf(source: WireSource, at: FixedWidth): FixedWidth {
  const value = at.view.getBigInt64(at.start);
  if (at.nulls === undefined && value !== BigInt.asIntN(32, value)) {
    throw source.malformed(at.start, `the constant of an INTEGER vector, ${value}, is beyond 32 bits`);
  }
  return { ...at, start: at.start + 4 };
}
