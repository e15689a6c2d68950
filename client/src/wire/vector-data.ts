import { readText, readTexts, Texts } from "./texts.ts";
import { expectType, readListHeader, readStruct, thriftType } from "./thrift.ts";
import type { WireCursor } from "./wire-cursor.ts";

/** One member of the engine's union `Data`: a struct whose field 1, `data`, holds the values. */
export interface DataForm {
  /** The member's field number in the union. */
  readonly id: number;
  /** The struct's name in the engine's schema. */
  readonly name: string;
  /** True: `data` is a list with one value for each row. False: one value for all rows. */
  readonly list: boolean;
  /** The Thrift type of one value. */
  readonly type: number;
  /** What field 2 is, in the structs that have one. */
  readonly second?: "scale" | "zones";
}

/** The union's members. Floats travel as doubles. */
export const dataForms = {
  bool: { id: 1, name: "BoolData", list: true, type: thriftType.bool },
  int32: { id: 2, name: "Int32Data", list: true, type: thriftType.i32 },
  int64: { id: 3, name: "Int64Data", list: true, type: thriftType.i64 },
  date: { id: 4, name: "DateData", list: true, type: thriftType.i64 },
  float32: { id: 5, name: "Float32Data", list: true, type: thriftType.double },
  float64: { id: 6, name: "Float64Data", list: true, type: thriftType.double },
  varchar: { id: 7, name: "VarcharData", list: true, type: thriftType.string },
  boolConstant: { id: 8, name: "BoolConstantData", list: false, type: thriftType.bool },
  dateConstant: { id: 9, name: "DateConstantData", list: false, type: thriftType.i64 },
  nullConstant: { id: 10, name: "NullConstantData", list: false, type: thriftType.byte },
  numericConstant: { id: 11, name: "NumericConstantData", list: false, type: thriftType.i64 },
  numericDecimalConstant: { id: 12, name: "NumericDecimalConstantData", list: false, type: thriftType.double },
  temporalIntervalConstant: { id: 13, name: "TemporalIntervalConstantData", list: false, type: thriftType.byte },
  timeConstant: { id: 14, name: "TimeConstantData", list: false, type: thriftType.i64, second: "zones" },
  varcharConstant: { id: 15, name: "VarcharConstantData", list: false, type: thriftType.string },
  time: { id: 16, name: "TimeData", list: true, type: thriftType.i64, second: "zones" },
  decimal128: { id: 17, name: "Decimal128Data", list: true, type: thriftType.string, second: "scale" },
  decimal128Constant: {
    id: 18,
    name: "NumericDecimal128ConstantData",
    list: false,
    type: thriftType.string,
    second: "scale",
  },
} as const satisfies Record<string, DataForm>;

/** Bytes of one value, for the types that have a fixed size. */
const valueSizes: Readonly<Record<number, number>> = {
  [thriftType.bool]: 1,
  [thriftType.byte]: 1,
  [thriftType.i32]: 4,
  [thriftType.i64]: 8,
  [thriftType.double]: 8,
};

/** Where a vector's values lie. */
export interface VectorData {
  readonly form: DataForm;
  /** The position of the first value. */
  readonly start: number;
  /** How many values there are: 1 in a form for constants. */
  readonly count: number;
  /** Positions of the values, where they are texts or byte strings; otherwise of none. */
  readonly texts: Texts;
  /** Decimal digits after the point, where the engine states them. */
  readonly scale: number | undefined;
  /** Zones of timestamps, where the engine states them. */
  readonly zones: Texts | undefined;
}

/** Reads the union `Data`. A member that this reader does not know is skipped; without a known one there is no data. */
export function readVectorData(cursor: WireCursor, depth: number): VectorData | undefined {
  let data: VectorData | undefined;
  readStruct(cursor, depth, (id, type) => {
    const form: DataForm | undefined = Object.values(dataForms).find((known) => known.id === id);
    if (form === undefined) return false;
    expectType(cursor, type, thriftType.struct, form.name);
    if (data !== undefined)
      throw cursor.source.malformed(cursor.position, `${form.name} follows ${data.form.name} in one vector`);
    data = readForm(cursor, depth - 1, form);
    return true;
  });
  return data;
}

function readForm(cursor: WireCursor, depth: number, form: DataForm): VectorData {
  let values: Pick<VectorData, "start" | "count" | "texts"> | undefined;
  let scale: number | undefined;
  let zones: Texts | undefined;
  readStruct(cursor, depth, (id, type) => {
    if (id === 1) {
      expectType(cursor, type, form.list ? thriftType.list : form.type, `${form.name}.data`);
      values = readValues(cursor, form);
      return true;
    }
    if (id !== 2 || form.second === undefined) return false;
    if (form.second === "scale") {
      expectType(cursor, type, thriftType.i32, `${form.name}.scale`);
      scale = cursor.readInt32(`${form.name}.scale`);
    } else {
      expectType(cursor, type, form.list ? thriftType.list : thriftType.string, `${form.name}.zoneData`);
      zones = form.list ? readTexts(cursor, `${form.name}.zoneData`) : readText(cursor, `${form.name}.zoneData`);
    }
    return true;
  });
  if (values === undefined) throw cursor.source.malformed(cursor.position, `${form.name} has no data`);
  return { form, ...values, scale, zones };
}

function readValues(cursor: WireCursor, form: DataForm): Pick<VectorData, "start" | "count" | "texts"> {
  const what = `${form.name}.data`;
  const start = cursor.position;
  const size = valueSizes[form.type];
  if (size === undefined) {
    const texts = form.list ? readTexts(cursor, what) : readText(cursor, what);
    return { start, count: texts.count, texts };
  }
  const count = form.list ? readListHeader(cursor, form.type, what) : 1;
  return { start: cursor.take(count * size, what), count, texts: new Texts(cursor.source, Int32Array.of(0)) };
}
