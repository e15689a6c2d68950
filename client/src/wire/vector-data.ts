import { readText, readTexts, Texts } from "./texts.ts";
import { expectType, readInt32Field, readListHeader, readStruct, thriftType } from "./thrift.ts";
import type { WireCursor } from "./wire-cursor.ts";

/** One member of the engine's union `Data`: a struct whose field 1, `data`, holds the values. */
export interface DataForm {
  /** The member's field number in the union. */
  readonly id: number;
  /** True: `data` is a list with one value for each row. False: one value for all rows. */
  readonly list: boolean;
  /** The Thrift type of one value. */
  readonly type: number;
  /** What field 2 is, in the structs that have one. */
  readonly second?: "scale" | "zones";
}

/** The union's members, by the names that their structs have in the engine's schema. Floats travel as doubles. */
export const dataForms = {
  BoolData: { id: 1, list: true, type: thriftType.bool },
  Int32Data: { id: 2, list: true, type: thriftType.i32 },
  Int64Data: { id: 3, list: true, type: thriftType.i64 },
  DateData: { id: 4, list: true, type: thriftType.i64 },
  Float32Data: { id: 5, list: true, type: thriftType.double },
  Float64Data: { id: 6, list: true, type: thriftType.double },
  VarcharData: { id: 7, list: true, type: thriftType.string },
  BoolConstantData: { id: 8, list: false, type: thriftType.bool },
  DateConstantData: { id: 9, list: false, type: thriftType.i64 },
  NullConstantData: { id: 10, list: false, type: thriftType.byte },
  NumericConstantData: { id: 11, list: false, type: thriftType.i64 },
  NumericDecimalConstantData: { id: 12, list: false, type: thriftType.double },
  TemporalIntervalConstantData: { id: 13, list: false, type: thriftType.byte },
  TimeConstantData: { id: 14, list: false, type: thriftType.i64, second: "zones" },
  VarcharConstantData: { id: 15, list: false, type: thriftType.string },
  TimeData: { id: 16, list: true, type: thriftType.i64, second: "zones" },
  Decimal128Data: { id: 17, list: true, type: thriftType.string, second: "scale" },
  NumericDecimal128ConstantData: { id: 18, list: false, type: thriftType.string, second: "scale" },
} as const satisfies Record<string, DataForm>;

/** The name of a member. */
export type DataFormName = keyof typeof dataForms;

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
    const known = Object.entries<DataForm>(dataForms).find(([, form]) => form.id === id);
    if (known === undefined) return false;
    const [name, form] = known;
    expectType(cursor, type, thriftType.struct, name);
    if (data !== undefined)
      throw cursor.source.malformed(cursor.position, `${name} follows ${data.form} in one vector`);
    data = readForm(cursor, depth - 1, name, form);
    return true;
  });
  return data;
}

function readForm(cursor: WireCursor, depth: number, name: string, form: DataForm): VectorData {
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
  const size = valueSizes[form.type];
  if (size === undefined) {
    const texts = form.list ? readTexts(cursor, what) : readText(cursor, what);
    return { start, count: texts.count, texts };
  }
  const count = form.list ? readListHeader(cursor, form.type, what) : 1;
  return { start: cursor.take(count * size, what), count, texts: new Texts(cursor.source, Int32Array.of(0)) };
}
