import type { ByteWriter } from "./byte-writer.ts";

// The strict binary protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md

/** The type codes of the Thrift binary protocol that a result batch uses. */
export const thriftType = {
  bool: 2,
  i8: 3,
  double: 4,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  list: 15,
} as const;

/** The head of a field: its type and id. What follows is its value. */
export function writeFieldHead(out: ByteWriter, type: number, id: number): void {
  const at = out.reserve(3);
  out.view.setUint8(at, type);
  out.view.setInt16(at + 1, id);
}

/** The end of a struct. */
export function writeStop(out: ByteWriter): void {
  out.reserve(1);
}

/** A whole i8 field. */
export function writeI8Field(out: ByteWriter, id: number, value: number): void {
  writeFieldHead(out, thriftType.i8, id);
  const at = out.reserve(1);
  out.view.setInt8(at, value);
}

/** A whole i32 field. */
export function writeI32Field(out: ByteWriter, id: number, value: number): void {
  writeFieldHead(out, thriftType.i32, id);
  const at = out.reserve(4);
  out.view.setInt32(at, value);
}

/** A whole bool field. */
export function writeBoolField(out: ByteWriter, id: number, value: boolean): void {
  writeFieldHead(out, thriftType.bool, id);
  const at = out.reserve(1);
  out.view.setUint8(at, value ? 1 : 0);
}

/** The head of a list field: `count` elements of one type follow, without heads of their own. */
export function writeListHead(out: ByteWriter, id: number, elementType: number, count: number): void {
  writeFieldHead(out, thriftType.list, id);
  const at = out.reserve(5);
  out.view.setUint8(at, elementType);
  out.view.setInt32(at + 1, count);
}
