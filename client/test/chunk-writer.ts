import { structBytes, type ThriftFields, type ThriftValue, thrift } from "./thrift-writer.ts";

/** Numbers of the engine's `VectorType`, as its protocol lists them. */
export const vectorNumber = {
  BINARY: 0,
  BOOLEAN: 1,
  DOUBLE: 2,
  FLOAT: 3,
  INT96: 4,
  INTEGER: 5,
  LONG: 6,
  STRING: 7,
  DATE: 8,
  DATETIME: 9,
  TIMESTAMP: 10,
  STRUCT: 11,
  MAP: 12,
  ARRAY: 13,
  NULL: 14,
  TIMESTAMP_TZ: 15,
  DECIMAL128: 16,
  INTERVAL_DAY_SECOND: 17,
};

/** A vector to write. What is left out is well-formed. */
export interface VectorParts {
  readonly type: number;
  /** Default: 1. */
  readonly size?: number;
  /** Default: no entries. */
  readonly nulls?: readonly (boolean | number)[];
  /** Field number in the union `Data` and the struct that stands there. Default: no data. */
  readonly data?: ThriftFields;
  /** Default: false. */
  readonly constant?: boolean;
}

/** The struct `Vector`. */
export function vectorValue(parts: VectorParts): ThriftValue {
  const nulls = (parts.nulls ?? []).map(thrift.bool);
  return thrift.struct([
    [1, thrift.i32(parts.size ?? 1)],
    [2, thrift.i32(parts.type)],
    [3, thrift.list(2, nulls)],
    ...(parts.data ? [[4, thrift.struct(parts.data)] as const] : []),
    [5, thrift.bool(parts.constant ?? false)],
  ]);
}

/** The struct `Chunk`, with the first vector's size where none is given. */
export function chunkBytes(vectors: readonly VectorParts[], size = vectors[0]?.size ?? 1): Uint8Array {
  return structBytes([
    [1, thrift.i32(size)],
    [2, thrift.list(12, vectors.map(vectorValue))],
  ]);
}

/** A column of LONG. */
export function longs(...values: readonly bigint[]): VectorParts {
  const list = thrift.list(10, values.map(thrift.i64));
  return { type: vectorNumber.LONG, size: values.length, data: [[3, thrift.struct([[1, list]])]] };
}

/** A column of STRING; bytes are written as they are. */
export function strings(...values: readonly (string | Uint8Array)[]): VectorParts {
  const list = thrift.list(
    11,
    values.map((value) => thrift.string(value)),
  );
  return { type: vectorNumber.STRING, size: values.length, data: [[7, thrift.struct([[1, list]])]] };
}
