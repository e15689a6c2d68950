import { readText, readTexts, Texts } from "./texts.ts";
import { expectType, fixedSizes, readInt32Field, readListHeader, readStruct, thriftType } from "./thrift.ts";
import type { WireCursor } from "./wire-cursor.ts";

/** One member of the engine's union `Data`: a struct whose field 1, `data`, holds the values. */
interface DataForm {
  /** The name that its struct has in the engine's schema. */
  readonly name: string;
  /** True: `data` is a list with one value for each row. False: one value for all rows. */
  readonly list: boolean;
  /** The Thrift type of one value. */
  readonly type: number;
  /** What field 2 is, in the structs that have one. */
  readonly second?: "scale" | "zones";
}

/** The union's members in the order of their field numbers, which count from 1. Floats travel as doubles. */
const dataForms = [
  { name: "BoolData", list: true, type: thriftType.bool },
  { name: "Int32Data", list: true, type: thriftType.i32 },
  { name: "Int64Data", list: true, type: thriftType.i64 },
  { name: "DateData", list: true, type: thriftType.i64 },
  { name: "Float32Data", list: true, type: thriftType.double },
  { name: "Float64Data", list: true, type: thriftType.double },
  { name: "VarcharData", list: true, type: thriftType.string },
  { name: "BoolConstantData", list: false, type: thriftType.bool },
  { name: "DateConstantData", list: false, type: thriftType.i64 },
  { name: "NullConstantData", list: false, type: thriftType.byte },
  { name: "NumericConstantData", list: false, type: thriftType.i64 },
  { name: "NumericDecimalConstantData", list: false, type: thriftType.double },
  { name: "TemporalIntervalConstantData", list: false, type: thriftType.byte },
  { name: "TimeConstantData", list: false, type: thriftType.i64, second: "zones" },
  { name: "VarcharConstantData", list: false, type: thriftType.string },
  { name: "TimeData", list: true, type: thriftType.i64, second: "zones" },
  { name: "Decimal128Data", list: true, type: thriftType.string, second: "scale" },
  { name: "NumericDecimal128ConstantData", list: false, type: thriftType.string, second: "scale" },
] as const satisfies readonly DataForm[];

/** The name of a member. */
export type DataFormName = (typeof dataForms)[number]["name"];

/** Where a vector's values lie. */
export interface VectorData {
  readonly form: string;
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
    const form = dataForms[id - 1];
    if (form === undefined) return false;
    expectType(cursor, type, thriftType.struct, form.name);
    if (data !== undefined)
      throw cursor.source.malformed(cursor.position, `${form.name} follows ${data.form} in one vector`);
    data = readForm(cursor, depth - 1, form);
    return true;
  });
  return data;
}

function readForm(cursor: WireCursor, depth: number, form: DataForm): VectorData {
  const { name } = form;
  let values: Pick<VectorData, "start" | "count" | "texts"> | undefined;
  let scale: number | undefined;
  let zones: Texts | undefined;
  readStruct(cursor, depth, (id, type) => {
    if (id === 1) {
      const what = `${name}.data`;
      expectType(cursor, type, form.list ? thriftType.list : form.type, what);
      values = readValues(cursor, what, form);
      return true;
    }
    if (id !== 2 || form.second === undefined) return false;
    if (form.second === "scale") {
      scale = readInt32Field(cursor, type, `${name}.scale`);
    } else {
      const what = `${name}.zoneData`;
      expectType(cursor, type, form.list ? thriftType.list : thriftType.string, what);
      zones = form.list ? readTexts(cursor, what) : readText(cursor, what);
    }
    return true;
  });
  if (values === undefined) throw cursor.source.malformed(cursor.position, `${name} has no data`);
  return { form: name, ...values, scale, zones };
}

function readValues(cursor: WireCursor, what: string, form: DataForm): Pick<VectorData, "start" | "count" | "texts"> {
  const start = cursor.position;
  const size = fixedSizes[form.type];
  if (size === undefined) {
    const texts = form.list ? readTexts(cursor, what) : readText(cursor, what);
    return { start, count: texts.count, texts };
  }
  const count = form.list ? readListHeader(cursor, form.type, what) : 1;
  return { start: cursor.take(count * size, what), count, texts: new Texts(cursor.source, Int32Array.of(0)) };
}
