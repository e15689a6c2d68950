import type { ByteWriter } from "./byte-writer.ts";
import type { ChunkColumn } from "./chunk-column.ts";
import { writeDecimals } from "./decimal.ts";
import { writeBooleans, writeFloats, writeInt32s, writeWords64 } from "./fixed-width.ts";
import { writeRepeatedText, writeTexts } from "./text.ts";
import type { PointerReader } from "./text-entry.ts";
import { thriftType, writeI32Field, writeListHead } from "./thrift-writer.ts";
import type { VectorType } from "./vector-type.ts";

/** A member of the union `Data` that holds a list: its id, the type of its elements, and how they are written. */
interface DataForm {
  readonly id: number;
  readonly element: number;
  readonly write: (out: ByteWriter, column: ChunkColumn, size: number, read: PointerReader) => void;
  /** What follows the list, if anything. */
  readonly writeRest?: (out: ByteWriter, column: ChunkColumn, size: number) => void;
}

const utf8 = new TextEncoder();

const int64Data: DataForm = {
  id: 3,
  element: thriftType.i64,
  write: (out, { slices }, size) => writeWords64(out, slices, size),
};

const varcharData: DataForm = {
  id: 7,
  element: thriftType.string,
  write: (out, { slices }, _size, read) => writeTexts(out, slices, read),
};

const timeData: DataForm = {
  id: 16,
  element: thriftType.i64,
  write: (out, { slices }, size) => writeWords64(out, slices, size),
  writeRest: writeZones,
};

/** Which form a type's values take; NULL has none, it is always constant. */
export const dataForms: Readonly<Record<Exclude<VectorType, "NULL">, DataForm>> = {
  BOOLEAN: {
    id: 1,
    element: thriftType.bool,
    write: (out, { slices }, size) => writeBooleans(out, slices, size),
  },
  INTEGER: {
    id: 2,
    element: thriftType.i32,
    write: (out, { slices }, size) => writeInt32s(out, slices, size),
  },
  LONG: int64Data,
  INTERVAL_DAY_SECOND: int64Data,
  DATE: { ...int64Data, id: 4 },
  FLOAT: {
    id: 5,
    element: thriftType.double,
    write: (out, { slices }, size) => writeFloats(out, slices, size),
  },
  DOUBLE: {
    id: 6,
    element: thriftType.double,
    write: (out, { slices }, size) => writeWords64(out, slices, size),
  },
  STRING: varcharData,
  BINARY: varcharData,
  ARRAY: varcharData,
  MAP: varcharData,
  STRUCT: varcharData,
  DATETIME: timeData,
  TIMESTAMP: timeData,
  TIMESTAMP_TZ: timeData,
  DECIMAL128: {
    id: 17,
    element: thriftType.string,
    write: (out, { slices }, size) => writeDecimals(out, slices, size),
    writeRest: (out, { scale }) => writeI32Field(out, 2, scale ?? 0),
  },
};

function writeZones(out: ByteWriter, { zone }: ChunkColumn, size: number): void {
  if (zone !== undefined) {
    writeListHead(out, 2, thriftType.string, size);
    writeRepeatedText(out, utf8.encode(zone), size);
  }
}
