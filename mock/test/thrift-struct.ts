/** A value of the Thrift binary protocol, read without knowing any schema. Text stays bytes: BINARY is no text. */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftValue[] | ThriftStruct;

/** A struct's fields by their ids. */
export type ThriftStruct = Map<number, ThriftValue>;

/** Reads one struct that must fill the bytes to their end. Written from Thrift's own specification, for tests. */
export function readThriftStruct(bytes: Uint8Array): ThriftStruct {
  const reader = createReader(bytes);
  const struct = reader.struct();
  if (reader.left() !== 0) {
    throw new Error(`${reader.left()} bytes behind the struct`);
  }
  return struct;
}

function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const step = (size: number): number => {
    at += size;
    return at - size;
  };
  const value = (type: number): ThriftValue => {
    switch (type) {
      case 2:
        return view.getUint8(step(1)) === 1;
      case 3:
        return view.getInt8(step(1));
      case 4:
        return view.getFloat64(step(8));
      case 8:
        return view.getInt32(step(4));
      case 10:
        return view.getBigInt64(step(8));
      case 11: {
        const length = view.getInt32(step(4));
        const from = step(length);
        return bytes.slice(from, from + length);
      }
      case 12:
        return struct();
      case 15: {
        const element = view.getUint8(step(1));
        return Array.from({ length: view.getInt32(step(4)) }, () => value(element));
      }
      default:
        throw new Error(`type ${type} at byte ${at}`);
    }
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct = new Map();
    for (let type = view.getUint8(step(1)); type !== 0; type = view.getUint8(step(1))) {
      const id = view.getInt16(step(2));
      fields.set(id, value(type));
    }
    return fields;
  };
  return { struct, left: () => bytes.length - at };
}
