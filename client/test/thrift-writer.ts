/** A value in Thrift's binary protocol: the number of its type, and its bytes. */
export interface ThriftValue {
  readonly type: number;
  readonly bytes: readonly number[];
}

/** A struct's fields by number, in the order in which they are to be written. */
export type ThriftFields = readonly (readonly [id: number, value: ThriftValue])[];

function bigEndian(length: number, write: (view: DataView) => void): readonly number[] {
  const view = new DataView(new ArrayBuffer(length));
  write(view);
  return [...new Uint8Array(view.buffer)];
}

function int32Bytes(value: number): readonly number[] {
  return bigEndian(4, (view) => view.setInt32(0, value));
}

/** Writes values by the protocol's rules, and breaks them only where a test asks for it: any number can stand for a length. */
export const thrift = {
  bool: (value: boolean | number): ThriftValue => ({ type: 2, bytes: [Number(value)] }),
  byte: (value: number): ThriftValue => ({ type: 3, bytes: [value & 0xff] }),
  double: (value: number): ThriftValue => ({ type: 4, bytes: bigEndian(8, (view) => view.setFloat64(0, value)) }),
  i16: (value: number): ThriftValue => ({ type: 6, bytes: bigEndian(2, (view) => view.setInt16(0, value)) }),
  i32: (value: number): ThriftValue => ({ type: 8, bytes: int32Bytes(value) }),
  i64: (value: bigint): ThriftValue => ({ type: 10, bytes: bigEndian(8, (view) => view.setBigInt64(0, value)) }),
  uuid: (): ThriftValue => ({ type: 16, bytes: new Array<number>(16).fill(7) }),
  /** Text as UTF-8, or bytes as they are; `length` is written in place of the true one. */
  string: (value: string | Uint8Array, length?: number): ThriftValue => {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return { type: 11, bytes: [...int32Bytes(length ?? bytes.length), ...bytes] };
  },
  struct: (fields: ThriftFields): ThriftValue => ({
    type: 12,
    bytes: [...fields.flatMap(([id, value]) => [value.type, (id >> 8) & 0xff, id & 0xff, ...value.bytes]), 0],
  }),
  map: (key: ThriftValue, value: ThriftValue, size = 1): ThriftValue => ({
    type: 13,
    bytes: [key.type, value.type, ...int32Bytes(size), ...key.bytes, ...value.bytes],
  }),
  set: (elementType: number, values: readonly ThriftValue[], size = values.length): ThriftValue => ({
    type: 14,
    bytes: [elementType, ...int32Bytes(size), ...values.flatMap(({ bytes }) => bytes)],
  }),
  list: (elementType: number, values: readonly ThriftValue[], size = values.length): ThriftValue => ({
    type: 15,
    bytes: [elementType, ...int32Bytes(size), ...values.flatMap(({ bytes }) => bytes)],
  }),
};

/** The bytes of a struct alone, as a result batch holds them. */
export function structBytes(fields: ThriftFields): Uint8Array {
  return Uint8Array.from(thrift.struct(fields).bytes);
}
